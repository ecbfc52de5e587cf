package io.github.leaderelection.lock.zookeeper;

import io.github.leaderelection.lock.support.DecodedLease;
import io.github.leaderelection.lock.support.LeaseCodec;
import io.github.leaderelection.spi.MalformedRecordException;
import io.github.leaderelection.spi.WriteResult;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.jspecify.annotations.Nullable;

/**
 * One write to the record, compared and set in one transaction.
 *
 * <p>ZooKeeper compares data versions, and these begin anew when a znode is deleted and made again: a write upon version 3 of
 * the old znode would be taken by version 3 of the new one. So each incarnation of the record has an id of its own. It stands
 * in the record as {@code metadata.uid}, and a child of the znode bears it as its name; every write checks that this child
 * exists. Nothing can be written upon an incarnation that is gone, because its child is gone with it.
 */
final class RecordWrite {

    private static final String UID = "uid";
    private static final Pattern UUID_FORM = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final byte[] NO_DATA = {};
    /** Of a znode that was made as a parent and holds no record. A record is never at this version: it is set after it is made. */
    private static final int VERSION_OF_NO_DATA = 0;

    private final ZooKeeper zooKeeper;
    private final String path;
    private final List<ACL> acl;
    private final LeaseCodec codec;
    private final String incarnation;
    private final String guard;

    /** Prepares to write a document that bears the id of this incarnation. */
    RecordWrite(ZooKeeper zooKeeper, String path, List<ACL> acl, LeaseCodec codec, String incarnation) {
        this.zooKeeper = zooKeeper;
        this.path = path;
        this.acl = acl;
        this.codec = codec;
        this.incarnation = incarnation;
        this.guard = path + "/" + incarnation;
    }

    /** The id of the incarnation; empty if somebody else made the record, without one. */
    static Optional<String> incarnation(DecodedLease document) {
        return document.metadata(UID).filter(uid -> UUID_FORM.matcher(uid).matches());
    }

    static String newIncarnation() {
        return UUID.randomUUID().toString();
    }

    /** The document, with the id of that incarnation. */
    static DecodedLease with(String incarnation, DecodedLease document) {
        boolean bears = document.metadata(UID).equals(Optional.of(incarnation));
        return bears ? document : document.withMetadata(UID, incarnation);
    }

    // ---- create

    /** Creates the record, and its parents where there are none. */
    void create(byte[] bytes, ZooKeeperCall<WriteResult> call) {
        ParentZnodes parents = new ParentZnodes(zooKeeper, path, acl);
        tryCreate(bytes, call, () -> parents.make(call, missing -> tryCreate(bytes, call, () -> call.fail(missing))));
    }

    private void tryCreate(byte[] bytes, ZooKeeperCall<WriteResult> call, Runnable withoutParent) {
        List<Op> ops = List.of(
                Op.create(path, NO_DATA, acl, CreateMode.PERSISTENT),
                Op.setData(path, bytes, VERSION_OF_NO_DATA),
                Op.create(guard, NO_DATA, acl, CreateMode.PERSISTENT));
        transact(ops, bytes, call, refusal -> {
            switch (refusal.code()) {
                case NODEEXISTS -> fillParent(bytes, call);
                case NONODE -> withoutParent.run();
                default -> call.fail(refusal.code());
            }
        });
    }

    /** The znode exists. If it holds no record, because it was made as the parent of another one, it gets one. */
    private void fillParent(byte[] bytes, ZooKeeperCall<WriteResult> call) {
        zooKeeper.exists(
                path,
                false,
                (code, at, context, stat) -> {
                    switch (Code.get(code)) {
                        case OK -> {
                            if (stat.getDataLength() == 0) {
                                adopt(bytes, stat.getVersion(), call);
                            } else {
                                call.answer(WriteResult.conflict());
                            }
                        }
                        case NONODE -> call.answer(WriteResult.conflict());
                        default -> call.failUnwritten(Code.get(code));
                    }
                },
                null);
    }

    // ---- update

    /** Writes upon that version. */
    void update(byte[] bytes, ZooKeeperVersion expected, ZooKeeperCall<WriteResult> call) {
        if (expected.incarnation().isEmpty()) {
            adoptIfUnchanged(bytes, expected, call);
            return;
        }
        List<Op> ops = List.of(Op.check(guard, -1), Op.setData(path, bytes, expected.version()));
        transact(ops, bytes, call, refusal -> {
            if (refusal.code() == Code.NONODE && refusal.index() == 0) {
                adoptIfUnchanged(bytes, expected, call);
            } else {
                conflictOr(refusal.code(), call);
            }
        });
    }

    /**
     * There is no child. Mostly the record is gone with it; but somebody may have written a record by hand, or restored one,
     * without a child, and that must not block the election for ever. A zxid alone does not tell it from a record that was
     * made since ZooKeeper lost its data.
     */
    private void adoptIfUnchanged(byte[] bytes, ZooKeeperVersion expected, ZooKeeperCall<WriteResult> call) {
        zooKeeper.getData(
                path,
                false,
                (code, at, context, found, stat) -> {
                    switch (Code.get(code)) {
                        case OK -> {
                            if (stat.getMzxid() == expected.order() && isIncarnation(expected, found)) {
                                adopt(bytes, expected.version(), call);
                            } else {
                                call.answer(WriteResult.conflict());
                            }
                        }
                        case NONODE -> call.answer(WriteResult.conflict());
                        default -> call.failUnwritten(Code.get(code));
                    }
                },
                null);
    }

    private boolean isIncarnation(ZooKeeperVersion expected, byte @Nullable [] found) {
        try {
            return found != null && incarnation(codec.decode(found)).equals(expected.incarnation());
        } catch (MalformedRecordException replaced) {
            return false;
        }
    }

    /** Writes upon a znode that has no such child yet, and gives it one. */
    private void adopt(byte[] bytes, int version, ZooKeeperCall<WriteResult> call) {
        List<Op> ops = List.of(Op.setData(path, bytes, version), Op.create(guard, NO_DATA, acl, CreateMode.PERSISTENT));
        transact(ops, bytes, call, refusal -> conflictOr(refusal.code(), call));
    }

    private static void conflictOr(Code code, ZooKeeperCall<WriteResult> call) {
        switch (code) {
            case BADVERSION, NONODE, NODEEXISTS -> call.answer(WriteResult.conflict());
            default -> call.fail(code);
        }
    }

    // ---- transactions

    /** Which operation of a transaction was refused, and why. None of them was applied. */
    private record Refusal(Code code, int index) {}

    @FunctionalInterface
    private interface OnRefusal {
        void accept(Refusal refusal);
    }

    private void transact(List<Op> ops, byte[] bytes, ZooKeeperCall<WriteResult> call, OnRefusal onRefusal) {
        if (call.isOver()) {
            return;
        }
        zooKeeper.multi(
                ops,
                (code, at, context, results) -> {
                    if (Code.get(code) == Code.OK) {
                        call.answer(WriteResult.written(version(results, bytes)));
                    } else if (results == null || results.isEmpty()) {
                        call.fail(Code.get(code));
                    } else {
                        onRefusal.accept(refusal(Code.get(code), results));
                    }
                },
                null);
    }

    private ZooKeeperVersion version(List<OpResult> results, byte[] bytes) {
        for (OpResult result : results) {
            if (result instanceof OpResult.SetDataResult written) {
                return new ZooKeeperVersion(
                        written.getStat().getMzxid(), written.getStat().getVersion(), Optional.of(incarnation), bytes);
            }
        }
        throw new IllegalStateException("expected the answer to a setData among " + results);
    }

    /** Before the one that was refused, results say OK; after it, that they came to nothing. */
    private static Refusal refusal(Code code, List<OpResult> results) {
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i) instanceof OpResult.ErrorResult error
                    && error.getErr() != Code.OK.intValue()
                    && error.getErr() != Code.RUNTIMEINCONSISTENCY.intValue()) {
                return new Refusal(Code.get(error.getErr()), i);
            }
        }
        return new Refusal(code, -1);
    }
}
