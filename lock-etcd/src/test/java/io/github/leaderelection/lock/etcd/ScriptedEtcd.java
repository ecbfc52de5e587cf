package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.LeaseRevokeResponse;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.PutResponse;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers what a session asks in the way that a test wants, and remembers the order of it. Ends with its handle. */
final class ScriptedEtcd implements AutoCloseable {

    /** What a real etcd grants at least: longer than what was asked for. */
    volatile long grantedSeconds = 60;

    /** The seconds in the answer to a keep-alive; zero where there is no such lease. */
    volatile long keptAliveSeconds = 60;

    volatile long keptAliveTerm = 1;
    volatile long readTerm = 1;
    volatile boolean marked = true;
    volatile boolean refusesPuts;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Server server;

    ScriptedEtcd() {
        try {
            server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .addService(new Leases())
                    .addService(new Keys())
                    .build()
                    .start();
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot listen", failed);
        }
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getPort();
    }

    /** What was asked since the last call, in order. */
    List<String> asked() {
        List<String> copy = List.copyOf(asked);
        asked.clear();
        return copy;
    }

    private static ResponseHeader header(long term) {
        return ResponseHeader.newBuilder().setRaftTerm(term).build();
    }

    private static <T> void answer(StreamObserver<T> observer, T answer) {
        observer.onNext(answer);
        observer.onCompleted();
    }

    private final class Leases extends LeaseGrpc.LeaseImplBase {
        @Override
        public void leaseGrant(LeaseGrantRequest request, StreamObserver<LeaseGrantResponse> observer) {
            asked.add("grant " + request.getTTL());
            answer(
                    observer,
                    LeaseGrantResponse.newBuilder()
                            .setID(0x7ab)
                            .setTTL(grantedSeconds)
                            .build());
        }

        @Override
        public void leaseRevoke(LeaseRevokeRequest request, StreamObserver<LeaseRevokeResponse> observer) {
            asked.add("revoke " + Long.toHexString(request.getID()));
            answer(observer, LeaseRevokeResponse.getDefaultInstance());
        }

        @Override
        public StreamObserver<LeaseKeepAliveRequest> leaseKeepAlive(StreamObserver<LeaseKeepAliveResponse> observer) {
            return new StreamObserver<>() {
                @Override
                public void onNext(LeaseKeepAliveRequest request) {
                    asked.add("keep alive");
                    observer.onNext(LeaseKeepAliveResponse.newBuilder()
                            .setHeader(header(keptAliveTerm))
                            .setID(request.getID())
                            .setTTL(keptAliveSeconds)
                            .build());
                }

                @Override
                public void onError(Throwable calledOff) {
                    // the client has its answer
                }

                @Override
                public void onCompleted() {
                    observer.onCompleted();
                }
            };
        }
    }

    private final class Keys extends KVGrpc.KVImplBase {
        @Override
        public void put(PutRequest request, StreamObserver<PutResponse> observer) {
            asked.add("put " + request.getKey().toStringUtf8() + " with " + Long.toHexString(request.getLease()));
            if (refusesPuts) {
                observer.onError(Status.PERMISSION_DENIED
                        .withDescription("etcdserver: permission denied")
                        .asRuntimeException());
            } else {
                answer(observer, PutResponse.getDefaultInstance());
            }
        }

        @Override
        public void range(RangeRequest request, StreamObserver<RangeResponse> observer) {
            asked.add((request.getSerializable() ? "stale read " : "read ")
                    + request.getKey().toStringUtf8());
            answer(
                    observer,
                    RangeResponse.newBuilder()
                            .setHeader(header(readTerm))
                            .setCount(marked ? 1 : 0)
                            .build());
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
