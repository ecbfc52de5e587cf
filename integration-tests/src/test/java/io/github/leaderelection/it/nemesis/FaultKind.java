package io.github.leaderelection.it.nemesis;

/** What the nemesis does; each as often as its weight says, compared with the others. */
enum FaultKind {
    /** SIGKILL to a candidate, and a new process in its place. */
    KILL(10),
    /** SIGTERM to a candidate, and a new process in its place. */
    TERMINATE(6),
    /** SIGSTOP to a candidate, and SIGCONT well before the renew deadline or long after the lease. */
    PAUSE(14),
    STEP_DOWN(4),
    /** The clock of a candidate runs faster or slower from now on. */
    CLOCK_RATE(5),
    /** What a candidate sends is held back and arrives late. */
    CUT_REQUESTS(6),
    /** What is answered to it is held back and arrives late. */
    CUT_REPLIES(8),
    /** Both. */
    CUT_BOTH(6),
    /** What is answered to it is lost. */
    DROP_REPLIES(4),
    /** Both directions are lost. */
    DROP_BOTH(4),
    SLOW(6),
    /** Its connections are reset and new ones refused. */
    REFUSE(4),
    /** Its connections are reset, and new ones taken. */
    RESET(5),
    /** SIGKILL to a server, and a restart with its data. */
    SERVER_KILL(5),
    /** SIGSTOP to a server, and SIGCONT. */
    SERVER_PAUSE(6),
    /** etcd throws its history away. */
    COMPACT(4);

    private final int weight;

    FaultKind(int weight) {
        this.weight = weight;
    }

    int weight() {
        return weight;
    }
}
