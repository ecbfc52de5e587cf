/*
 * The election as a model for the checker Spin: candidates with clocks of their own, one register that is compared and
 * set, and a network in between. See README.md beside this file for what is in it and what is not.
 *
 * Time: in each tick every clock goes on by SLOW or FAST units, chosen anew for each clock and tick. Between two ticks
 * anything may happen, in any order, or nothing at all: a candidate that does nothing for a while is a paused process.
 * Names of the invariants (I1..I8) are those of the engine.
 */

/* ---- what a run may change: -D on the command line, see scripts/check-model */

#ifndef N
#define N 2                /* candidates */
#endif
#ifndef WRITES
#define WRITES 4           /* writes that the store takes in */
#endif
#ifndef LEASE
#define LEASE 6            /* on a candidate's clock, from when it saw a version first */
#endif
#ifndef RENEW
#define RENEW 4            /* on a leader's clock, from when the write was sent */
#endif
#ifndef SLOW
#define SLOW 2             /* FAST / SLOW is the ratio of the clock rates; LEASE / RENEW is its bound */
#endif
#ifndef FAST
#define FAST 3
#endif
#ifndef DELETIONS
#define DELETIONS 0        /* by an outsider */
#endif
#ifndef WAIT
#define WAIT LEASE         /* how much of the lease is waited out */
#endif

/* ---- the store: version 0 is "no record"; versions are never used twice, also over a deletion */

byte current = 0;          /* the version that stands */
byte written = 0;          /* the highest version so far */
bool held[WRITES + 1];     /* whether that version names a holder */
byte deletions = 0;
byte newestToken = 0;      /* of all tenures that have begun */
bool begun[WRITES + 1];    /* whether a tenure has that token */

/* ---- the candidates */

mtype = { FOLLOWING, LEADING, DRAINING, RELEASING };          /* phases */
mtype = { NOTHING, ACQUIRE, RENEWAL, RELEASE };               /* writes */
mtype = { ON_ITS_WAY, APPLIED, CONFLICT };                    /* where a write is */

typedef Write {
    mtype kind = NOTHING;
    mtype at = ON_ITS_WAY;
    byte upon;             /* the version that it expects */
    byte made;             /* the version that it became */
    byte left              /* what is left of the renew deadline, counted from its sending */
}

typedef Candidate {
    mtype phase = FOLLOWING;
    bool knows;            /* whether anything was seen yet */
    byte seen;             /* the version known */
    byte wait;             /* until it may be taken */
    byte mine;             /* the version that is ours (I7), 0 if none */
    byte valid;            /* what is left of the tenure */
    byte token;
    bool doubt = true;     /* a read comes before any write (I5) */
    Write awaited;         /* I3: one */
    Write unknown;         /* given up, its fate unknown; still an open attempt */
    bool stray;            /* a creation on its way that nobody here remembers */
    bool reading;          /* an answer is on its way, of what stood there when it was asked for */
    byte answer;
    bool fast              /* the rate of its clock, where rates are STEADY */
}

Candidate all[N];

#define me all[c]
#define HOLDS(x) ((all[x].phase == LEADING || all[x].phase == DRAINING) && all[x].valid > 0)

/* The two promises. What is judged is more than isLeader(): a leader whose work is still draining counts as one. */
inline alone() {
#ifndef OVERLAP_ALLOWED
    x = 0;
    do
    :: x < N -> assert(x == c || !HOLDS(x)); x++
    :: else -> break
    od;
    x = 0
#else
    skip
#endif
}

inline begin(version, left_) {
#ifdef OVERLAP_ALLOWED
    assert(!begun[version] && version > me.token);  /* whatever the clocks do: no token twice, and a candidate's own rise */
    begun[version] = true;
    me.token = version;
#else
    assert(version > newestToken);                  /* tokens rise in the order in which tenures begin */
    newestToken = version;
#endif
    me.phase = LEADING;
    me.valid = left_;
    alone()
}

inline arise() {
    me.doubt = true;
    me.reading = false;    /* a read that was sent before the doubt arose cannot settle it */
    me.answer = 0
}

inline clear(w) {
    w.kind = NOTHING; w.at = ON_ITS_WAY; w.upon = 0; w.made = 0; w.left = 0
}

/* Newer knowledge makes an attempt void. But a creation that is on its way may find the record absent once more. */
inline forget(w) {
    if
    :: w.kind != NOTHING && w.at == ON_ITS_WAY && w.upon == 0 && deletions < DELETIONS -> me.stray = true
    :: else
    fi;
    clear(w)
}

inline adopt(kind_, left_) {
    me.mine = me.seen;
    me.wait = 0;           /* what is ours is not waited for, should we be no longer the leader */
    if
    :: kind_ == RENEWAL && HOLDS(c) ->
#ifdef MUTANT_FROM_REPLY
        me.valid = RENEW;
#else
        me.valid = (left_ > me.valid -> left_ : me.valid);   /* I1 */
#endif
        alone()
    :: kind_ == ACQUIRE && me.phase == FOLLOWING && left_ > 0 ->
#ifdef MUTANT_FROM_REPLY
        begin(me.seen, RENEW)
#else
        begin(me.seen, left_)                                /* I1, I2 */
#endif
    :: kind_ == RELEASE -> me.mine = 0
    :: else
    fi
}

/* Takes in a version, or 0 for "no record". */
inline learn(version) {
    if
    :: me.knows && me.seen == version      /* nothing new */
    :: else ->
        me.reading = false;              /* its answer may be older than what is known now */
        me.answer = 0;
        if
        :: version == 0 && HOLDS(c) -> me.wait = 0           /* nobody else can hold a lease */
#ifndef MUTANT_DELETED_AT_ONCE
        :: version == 0 && !HOLDS(c) && me.knows && me.seen > 0 && held[me.seen] -> me.wait = LEASE
#endif
        :: version > 0 && held[version] ->
#ifdef MUTANT_WAIT_NOT_RESTARTED
            if
            :: me.knows && me.seen > 0 && held[me.seen]
            :: else -> me.wait = WAIT
            fi
#else
            me.wait = WAIT                                   /* I6 */
#endif
        :: else -> me.wait = 0
        fi;
        me.knows = true;
        me.seen = version;
        me.mine = 0;
        if
        :: version > 0 && me.awaited.kind != NOTHING && me.awaited.at == APPLIED && me.awaited.made == version ->
            adopt(me.awaited.kind, me.awaited.left)
        :: version > 0 && me.unknown.kind != NOTHING && me.unknown.at == APPLIED && me.unknown.made == version ->
            adopt(me.unknown.kind, me.unknown.left)
        :: else ->
#ifdef MUTANT_BY_NAME
            if
            :: version > 0 && held[version] -> me.mine = version; me.wait = 0   /* "the name in it is mine", which all of them have */
            :: else -> if :: HOLDS(c) -> me.phase = FOLLOWING; me.valid = 0 :: else fi
            fi
#else
            if
            :: HOLDS(c) -> me.phase = FOLLOWING; me.valid = 0      /* superseded, or deleted */
            :: else
            fi
#endif
        fi;
        forget(me.awaited);
        forget(me.unknown)
    fi
}

inline send(kind_) {
    me.reading = false;
    me.answer = 0;
    me.awaited.kind = kind_;
    me.awaited.at = ON_ITS_WAY;
    me.awaited.upon = me.seen;
    me.awaited.made = 0;
    me.awaited.left = (kind_ == RELEASE -> 0 : RENEW)
}

/* What expects a version that is gone can only conflict, now or later: that is settled here, which saves many states. */
inline doom(w) {
    if
    :: w.kind != NOTHING && w.at == ON_ITS_WAY && w.upon != current && (w.upon > 0 || deletions == DELETIONS) ->
        w.at = CONFLICT
    :: else
    fi
}

/* Another version stands, or none. So does for whoever knows an older one how long to wait: writes upon it conflict. */
inline changed() {
    x = 0;
    do
    :: x < N ->
#ifndef MUTANT_PLAIN_PUT
        doom(all[x].awaited);
        doom(all[x].unknown);
        if
        :: all[x].unknown.at == CONFLICT -> clear(all[x].unknown)
        :: else
        fi;
        if
        :: all[x].seen != current && all[x].seen > 0 -> all[x].wait = 0
        :: else
        fi;
#endif
        x++
    :: else -> break
    od;
    x = 0
}

inline put(w, names) {
    written++;
    current = written;
    held[current] = names;
    w.at = APPLIED;
    w.upon = 0;
    w.made = current;
    changed()
}

/* The store takes in a write, at any time after it was sent: also one that was given up long ago. */
inline arrive(w) {
    if
#ifdef MUTANT_PLAIN_PUT
    :: true -> put(w, w.kind != RELEASE)
#else
    :: w.upon == current -> put(w, w.kind != RELEASE)
#endif
#ifndef MUTANT_PLAIN_PUT
    :: else -> w.at = CONFLICT
#endif
    fi
}

#define MAY_WRITE (!me.doubt && me.awaited.kind == NOTHING)

proctype candidate(byte c) {
    byte x;
    do
    /* -- the network: one write on its way is taken in */
    :: atomic { me.awaited.kind != NOTHING && me.awaited.at == ON_ITS_WAY && written < WRITES -> arrive(me.awaited) }
    :: atomic { me.unknown.kind != NOTHING && me.unknown.at == ON_ITS_WAY && written < WRITES -> arrive(me.unknown) }
    :: atomic { me.stray && current == 0 && written < WRITES ->
        me.stray = false; written++; current = written; held[current] = true; changed() }

    /* -- answers come */
    :: atomic { me.awaited.kind != NOTHING && me.awaited.at == APPLIED -> learn(me.awaited.made) }
    :: atomic { me.awaited.kind != NOTHING && me.awaited.at == CONFLICT -> arise(); clear(me.awaited) }
    :: atomic { me.reading -> x = me.answer; learn(x); x = 0; me.doubt = false; me.reading = false; me.answer = 0 }

    /* -- or do not come: the write is given up, and what it has done is not known (I5) */
    :: atomic { me.awaited.kind != NOTHING && me.awaited.at != CONFLICT && me.unknown.kind == NOTHING ->
#ifdef MUTANT_NO_READ
        if
        :: me.awaited.kind == RENEWAL && HOLDS(c) && me.awaited.left > me.valid -> me.valid = me.awaited.left
        :: else -> arise()
        fi;
#else
        arise();
#endif
        me.unknown.kind = me.awaited.kind; me.unknown.at = me.awaited.at; me.unknown.upon = me.awaited.upon;
        me.unknown.made = me.awaited.made; me.unknown.left = me.awaited.left;
        clear(me.awaited) }

    /* -- looking: by a read, or by a watch, which shows later versions in their order but may lag behind */
    :: atomic { !me.reading && me.awaited.kind == NOTHING && (me.doubt || me.seen == 0) ->
        me.reading = true; me.answer = current }
    :: atomic { (!me.knows || me.seen > 0) && me.seen < written && current > 0 ->
        x = me.seen + 1;
        do
        :: x < written -> x++
        :: break
        od;
        learn(x); x = 0;
        me.doubt = false }
    :: atomic { current == 0 && me.knows && me.seen > 0 && !me.doubt -> arise() }   /* a watch shows an absence */

    /* -- writing */
    :: atomic { me.phase == FOLLOWING && MAY_WRITE && me.knows && me.wait == 0 ->
        send(ACQUIRE) }
    :: atomic { HOLDS(c) && MAY_WRITE && me.mine != 0 -> send(RENEWAL) }

    /* -- the end of a tenure, in its order (I4) */
    :: atomic { me.phase == LEADING && HOLDS(c) -> me.phase = DRAINING }
#ifdef MUTANT_RELEASED_FIRST
    :: atomic { me.phase == DRAINING && MAY_WRITE && me.mine != 0 -> send(RELEASE) }
#endif
    :: atomic { me.phase == DRAINING -> me.phase = RELEASING; me.valid = 0 }
    :: atomic { me.phase == RELEASING && MAY_WRITE && me.mine != 0 -> send(RELEASE); me.phase = FOLLOWING }
    :: atomic { me.phase == RELEASING && me.mine == 0 -> me.phase = FOLLOWING }
    od
}

inline less(field, by) {
    field = (field > by -> field - by : 0)
}

inline pass(by) {
    less(all[c].wait, by);
    less(all[c].awaited.left, by);
    less(all[c].unknown.left, by);
    if
    :: HOLDS(c) ->
        less(all[c].valid, by);
        if
        :: all[c].valid == 0 -> all[c].phase = FOLLOWING; arise()                 /* I1 */
        :: else
        fi
    :: else
    fi
}

#ifdef NEWCOMERS
#define ALL_KNOW true
#elif N == 2
#define ALL_KNOW (held[current] && all[0].seen == current && all[1].seen == current)
#else
#define ALL_KNOW (held[current] && all[0].seen == current && all[1].seen == current && all[2].seen == current)
#endif

proctype world() {
    byte c;
    byte x;
    do
    :: atomic {
        c = 0;
        do
        :: c < N ->
#ifdef STEADY
            if :: all[c].fast -> pass(FAST) :: else -> pass(SLOW) fi;
#else
            if :: pass(SLOW) :: pass(FAST) fi;
#endif
            c++
        :: c == N -> break
        od;
        c = 0 }
#if DELETIONS > 0
    /* An outsider deletes the record, while all know it as it stands and who holds it; see README.md for why. */
    :: atomic { current > 0 && deletions < DELETIONS && ALL_KNOW -> current = 0; deletions++; changed() }
#endif
    od
}

init {
    atomic {
        byte i = 0;
        do
        :: i < N ->
#ifdef STEADY
            if :: all[i].fast = true :: all[i].fast = false fi;
#endif
            run candidate(i);
            i++
        :: else -> break
        od;
        i = 0;
        run world()
    }
}
