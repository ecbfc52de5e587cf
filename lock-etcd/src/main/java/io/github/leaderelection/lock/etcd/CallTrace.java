package io.github.leaderelection.lock.etcd;

import io.etcd.jetcd.Constants;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/**
 * Follows one request on its way, to know for certain whether it can have left this process: a write that failed before
 * there was a connection to put it on was surely not applied. Brings its deadline along, which etcd is told, too.
 *
 * <p>It travels from the call into {@link #INTERCEPTOR} in the gRPC context.
 */
final class CallTrace extends ClientStreamTracer.Factory {

    private static final Context.Key<CallTrace> KEY = Context.key("leaderelection.call");
    private static final String KEY_VALUE_SERVICE = "etcdserverpb.KV";

    private final Deadline deadline;
    private volatile boolean followed;
    private volatile boolean onTheWire;

    CallTrace(Deadline deadline) {
        this.deadline = deadline;
    }

    /** The context in which the request is to be started. */
    Context carriedBy(Context context) {
        return context.withValue(KEY, this);
    }

    /** Whether the request surely never left this process. To be asked once it has ended. */
    boolean surelyNotSent() {
        return followed && !onTheWire;
    }

    @Override
    public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
        return new ClientStreamTracer() {
            @Override
            public void streamCreated(Attributes transport, Metadata sent) {
                onTheWire = true;
            }
        };
    }

    /**
     * Has the requests that carry a trace followed. Demands of the member that it has a leader: one that was cut off from
     * the others refuses at once, instead of letting the request wait.
     */
    static final ClientInterceptor INTERCEPTOR = new ClientInterceptor() {
        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            CallTrace trace = KEY.get();
            if (trace == null || !KEY_VALUE_SERVICE.equals(method.getServiceName())) {
                return next.newCall(method, options);
            }
            trace.followed = true;
            CallOptions traced = options.withDeadline(trace.deadline).withStreamTracerFactory(trace);
            return new SimpleForwardingClientCall<>(next.newCall(method, traced)) {
                @Override
                public void start(Listener<R> listener, Metadata headers) {
                    headers.put(Constants.REQUIRE_LEADER_KEY, Constants.REQUIRE_LEADER_VALUE);
                    super.start(listener, headers);
                }
            };
        }
    };
}
