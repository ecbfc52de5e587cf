/*
 * The election once more, where sessions hold the record and a leader hands it over to its successor: candidates, one register and
 * one marker for each session, both compared and set, and a network in between. See README.md beside this file for what is in it
 * and what is not; election.pml has leases that are observed.
 *
 * Time: in each tick the clocks of clients go on by SLOW units and those of whoever follows their sessions by FAST, which is the worst
 * that rates can do. By a clock that is faster a leader gives up sooner, and that it may do at any time. Between two ticks anything may
 * happen, in any order, or nothing at all. Names of the invariants (I1..I8) are those of the engine.
 */

/* ---- what a run may change: -D on the command line, see scripts/check-model */

#ifndef N
#define N 2                /* candidates */
#endif
#ifndef WRITES
#define WRITES 4           /* writes of the record that the store takes in */
#endif
#ifndef IDS
#define IDS 1              /* sessions that each client may have, one after the other */
#endif
#ifndef LEASE
#define LEASE 6            /* on a follower's clock, from when it saw a version of the marker first */
#endif
#ifndef RENEW
#define RENEW 4            /* on a client's clock, from when the rewrite was sent */
#endif
#ifndef SLOW
#define SLOW 2             /* FAST / SLOW is the ratio of the clock rates; LEASE / RENEW is its bound */
#endif
#ifndef FAST
#define FAST 3
#endif
#ifndef WAIT
#define WAIT LEASE         /* how much of the lease is waited out */
#endif
#ifdef ONE_CLIENT
#define CLIENTS (N - 1)    /* the first two candidates are electors of one client: one session, one name */
#define CLIENT(c) ((c) == 0 -> 0 : (c) - 1)
#else
#define CLIENTS N
#define CLIENT(c) (c)
#endif
#define SESSIONS (CLIENTS * IDS)
#ifdef MUTANT_PUT
#define LOOSE true         /* in which record a handover is taken in */
#endif
#ifdef MUTANT_BLIND
#define LOOSE (last.root == record[me.sent.upon].root)
#endif

/* ---- the record: version 0 is "no record". What a version says does not change, so it is kept under its number. */

typedef Version {
    byte root;             /* the version with which its tenure began, or with which it was released */
    byte holder;           /* a candidate's number + 1; 0 if nobody holds it */
    byte session;          /* that holds it, if somebody does */
    byte claim;            /* the version by which its holder had entered itself; 0 if it was not handed over */
    byte entrant;          /* the successor's number + 1; 0 if there is none. A version with a successor is always its entry, */
    byte entry             /* for that session, as what changes nothing but the successor does change that. */
}

byte current = 0;          /* the version that stands */
Version record[WRITES + 1];
byte newestToken = 0;      /* of all tenures that have begun */

/* ---- sessions, and what their clients know of them */

mtype = { NONE, ON_ITS_WAY, APPLIED };                  /* where a rewrite of a marker is */

typedef Session {
    bool ended;            /* the marker is gone. Whoever acts on that was told of it, and the others were not yet. */
    bool kept;             /* by its client */
    byte wait;             /* until it may be deleted by a follower that saw its last version at once, by the fastest clock */
    mtype rewrite = NONE;
    byte left              /* what is left of the renew deadline, counted from the sending of the rewrite */
}

typedef Client {
    byte session;
    byte proof             /* what is left of the renew deadline, counted from the sending of the last rewrite that is proven */
}

Session sessions[SESSIONS];
Client clients[CLIENTS];

/* ---- the candidates */

mtype = { FOLLOWING, LEADING, RELEASING, CLOSED };      /* phases; LEADING until the work is quiet */

/*
 * Writes that were sent upon the version that stands, and may be taken in at any time or never (I5). Once another version stands,
 * whatever expects an older one can only conflict, and is left out. That a write was applied is learned from the version that it
 * made, be it shown by the answer, by a read or by the watch.
 */
typedef Writes {
    bool acquire;
    byte forSession;       /* that the acquisition names */
    bool release;
    bool handover;
    bool enter;
    byte entry;            /* the session that the entry names */
#ifdef LOOSE
    byte upon;             /* the version that the handover was meant for */
#endif
    bool dismiss           /* a withdrawal or a dismissal: both leave out the successor */
}

typedef Candidate {
    mtype phase = FOLLOWING;
    byte seen;             /* the version known */
    bool mine;             /* I7 */
    bool won;              /* it was acquired, or handed over to us, and no tenure has begun on it */
    byte standing;         /* the claim with which we are entered as the successor, or may be; 0 if none */
    bool tried;            /* it sent an acquisition, and has seen no later version since: what has become of that is not known */
    bool closing;
    Writes sent
}

Candidate all[N];

#define me all[c]
#define us clients[CLIENT(c)]
#define ours sessions[us.session]
#define known record[me.seen]
#define LEADS(x) (all[x].phase == LEADING && clients[CLIENT(x)].proof > 0)
#define BOUND (me.mine && known.session == us.session && ours.kept)
#define LATEST (me.seen == current && current < WRITES)
#define ENDED(s) sessions[s].ended
#ifdef ONE_CLIENT
#define FIRST true
#else
#define FIRST (current > 0 || c == 0)     /* the candidates are all alike: number 0 is whoever writes first */
#endif

/* The promises: nobody leads beside another one, or beside another one's work that is still draining; and tenures begin in the order
   of their tokens, once on each acquisition and on each claim. */
inline begin() {
    x = 0;
    do
    :: x < N -> assert(x == c || !LEADS(x)); x++
    :: else -> break
    od;
    x = 0;
    assert(known.root > newestToken);
    newestToken = me.seen;
    me.phase = LEADING;
    me.won = false
}

/* And one more: no record is held by a session that is kept alive for a candidate which is closed. Nobody would lead, for ever. */
inline tended() {
    assert(record[current].holder == 0 || all[record[current].holder - 1].phase != CLOSED || !sessions[record[current].session].kept)
}

/* Takes in a later version. */
inline learn(version) {
    if
    :: record[version].root > me.seen && record[version].holder == c + 1 && record[version].claim == 0 ->
        me.mine = true;                                  /* what we wrote, whoever may have entered itself since */
        me.won = (me.phase == FOLLOWING)
    :: me.mine && record[version].root == known.root ->  /* ours still, with another successor */
#ifdef MUTANT_AGAIN
        me.won = me.won || (me.phase == FOLLOWING && record[version].claim > 0)
#else
        skip
#endif
#ifdef MUTANT_BY_NAME
    :: me.standing > 0 && record[version].holder > 0 && record[version].session == us.session && record[version].root > me.seen ->
#else
    :: me.standing > 0 && record[version].claim == me.standing && record[version].holder == c + 1 &&
        record[version].session == us.session ->
#endif
        me.mine = true;                                  /* handed over to us */
        me.won = true
    :: else ->
        me.mine = false;
        me.won = false;
        if
        :: me.phase == LEADING -> me.phase = FOLLOWING   /* superseded */
        :: else
        fi
    fi;
    me.standing = (version == me.standing && record[version].entrant == c + 1 && record[version].entry == us.session -> version : 0);
    me.tried = false;
    me.seen = version
}

inline void(w) {
#ifndef LOOSE
    w.handover = false;
#endif
    w.acquire = false; w.forSession = 0; w.release = false; w.enter = false; w.entry = 0; w.dismiss = false
}

#define made record[current + 1]
#define last record[current]

/* A version is made, and all that expects another one is void. */
inline taken() {
    current++;
    x = 0;
    do
    :: x < N -> void(all[x].sent); x++
    :: else -> break
    od;
    x = 0;
    tended()
}

inline sameTenure() {
    made.root = last.root; made.holder = last.holder; made.session = last.session; made.claim = last.claim
}

/* The session of a client is over: given up, by this or another elector of the client; or the client was told that it has ended. */
inline over(k) {
    sessions[clients[k].session].kept = false;
    sessions[clients[k].session].rewrite = NONE;
    sessions[clients[k].session].left = 0;
    clients[k].proof = 0;
    x = 0;
    do
    :: x < N ->
        if
        :: CLIENT(x) == k ->
            all[x].standing = 0;
            all[x].won = false;
            if
            :: all[x].phase == LEADING -> all[x].phase = FOLLOWING
            :: else
            fi
        :: else
        fi;
        x++
    :: else -> break
    od;
    x = 0;
#if IDS > 1
    if
    :: clients[k].session + CLIENTS < SESSIONS ->
        clients[k].session = clients[k].session + CLIENTS;
        sessions[clients[k].session].kept = true
    :: else
    fi
#endif
}

/* Nothing is done from here on; what was sent may still arrive. */
inline end() {
    if
#ifdef MUTANT_CARELESS
    :: BOUND && ours.kept -> over(CLIENT(c))
#else
    :: (BOUND || me.tried || me.standing > 0) && ours.kept -> over(CLIENT(c))
#endif
    :: else
    fi;
    me.phase = CLOSED;
    me.mine = false; me.won = false; me.standing = 0; me.tried = false; me.seen = 0; me.closing = false;
    tended()
}

proctype candidate(byte c) {
    byte x;
    do
    /* -- what was sent is taken in, if it ever is */
    :: atomic { me.sent.acquire && FIRST ->
        made.root = current + 1; made.holder = c + 1; made.session = me.sent.forSession; taken() }
    :: atomic { me.sent.release ->
        made.root = current + 1; taken() }
#ifdef LOOSE
    :: atomic { me.sent.handover && current < WRITES && LOOSE ->
        made.root = current + 1; made.holder = record[me.sent.upon].entrant; made.session = record[me.sent.upon].entry;
        made.claim = me.sent.upon; me.sent.handover = false; me.sent.upon = 0; taken() }
#else
    :: atomic { me.sent.handover ->
        made.root = current + 1; made.holder = last.entrant; made.session = last.entry; made.claim = current; taken() }
#endif
    :: atomic { me.sent.enter ->
        sameTenure(); made.entrant = c + 1; made.entry = me.sent.entry; taken() }
    :: atomic { me.sent.dismiss ->
        sameTenure(); taken() }

    /* -- looking: by an answer, a read or a watch, which show later versions in their order but may lag behind, and skip some */
    :: atomic { me.phase != CLOSED && me.seen < current ->
        x = me.seen + 1;
        do
        :: x < current -> x++
        :: break
        od;
        learn(x); x = 0 }

    /* -- the race, if nobody holds the record or the session has ended that does; what is mine nobody else can have led on */
    :: atomic { me.phase == FOLLOWING && !me.closing && LATEST && ours.kept && !(me.won && BOUND) && !me.sent.acquire &&
#ifdef MUTANT_ALIVE
        true ->
#else
        (me.mine || known.holder == 0 || ENDED(known.session)) ->
#endif
        me.sent.acquire = true; me.sent.forSession = us.session;
#ifdef CLOSING
        me.tried = true
#endif
        }

    /* -- the succession */
    :: atomic { me.phase == FOLLOWING && !me.closing && LATEST && ours.kept && !me.mine && known.holder > 0 && known.entrant == 0 &&
        !me.sent.enter ->
        me.standing = current + 1; me.sent.enter = true; me.sent.entry = us.session }
    :: atomic { me.standing > 0 && LATEST && !me.sent.dismiss -> me.sent.dismiss = true }
    :: atomic { LEADS(c) && me.mine && LATEST && known.entrant > 0 && ENDED(known.entry) && !me.sent.dismiss ->
        me.sent.dismiss = true }

    /* -- a tenure, on a record that is ours by a session that is proven (I1, I2) */
#ifdef MUTANT_UNPROVEN
    :: atomic { me.phase == FOLLOWING && !me.closing && me.won && BOUND && known.claim > 0 ->
        us.proof = RENEW;                                /* from when it saw that it is its turn */
        begin() }
#endif
    :: atomic { me.phase == FOLLOWING && !me.closing && me.won && BOUND && us.proof > 0 -> begin() }
    :: atomic { LEADS(c) -> me.phase = FOLLOWING }       /* by a faster clock */

    /* -- its end, in its order (I4) */
    :: atomic { me.phase == LEADING -> me.phase = RELEASING }
    :: atomic { me.phase == FOLLOWING && me.mine && !me.closing -> me.phase = RELEASING; me.won = false }
#ifdef MUTANT_UNQUIET
    :: atomic { LEADS(c) && me.mine && LATEST && known.entrant > 0 && !me.sent.handover -> me.sent.handover = true }
#endif
    :: atomic { me.phase == RELEASING && me.mine && LATEST && known.entrant > 0 && !me.sent.handover ->
#ifdef LOOSE
        me.sent.upon = me.seen;
#endif
        me.sent.handover = true }
    :: atomic { me.phase == RELEASING && me.mine && LATEST && (known.entrant == 0 || ENDED(known.entry)) && !me.sent.release ->
        me.sent.release = true }
    :: atomic { me.phase == RELEASING && !me.mine && me.standing == 0 ->
        if
        :: me.closing -> end()
        :: else -> me.phase = FOLLOWING
        fi }
#if IDS > 1 || defined(CLOSING)
    :: atomic { me.phase == RELEASING && ours.kept ->    /* it could not be released */
        over(CLIENT(c));
        if
        :: me.closing -> end()
        :: else -> me.phase = FOLLOWING
        fi }
#endif

#ifdef CLOSING
    /* -- the end of a candidate, whose session others of its client may keep alive */
    :: atomic { !me.closing && me.phase != CLOSED -> me.closing = true }
    :: atomic { me.closing && me.phase == FOLLOWING && (BOUND || me.standing > 0 || me.tried) -> me.phase = RELEASING; me.won = false }
#ifdef MUTANT_CARELESS
    :: atomic { me.closing && me.phase == FOLLOWING && !BOUND -> end() }
#else
    :: atomic { me.closing && me.phase == FOLLOWING && !BOUND && me.standing == 0 -> end() }
#endif
#endif
    od
}

inline less(field, by) {
    field = (field > by -> field - by : 0)
}

/* A session: its client rewrites the marker, and whoever has waited for its lease deletes it. */
proctype keeper(byte s) {
#if IDS > 1
    byte x;
#endif
    do
    :: atomic { sessions[s].kept && sessions[s].rewrite == NONE && !(clients[s % CLIENTS].proof == RENEW && sessions[s].wait == WAIT) ->
        sessions[s].rewrite = ON_ITS_WAY; sessions[s].left = RENEW }
    :: atomic { sessions[s].rewrite == ON_ITS_WAY && !ENDED(s) -> sessions[s].rewrite = APPLIED; sessions[s].wait = WAIT }
#ifdef MUTANT_REVIVED
    :: atomic { sessions[s].rewrite == ON_ITS_WAY && ENDED(s) ->
        sessions[s].ended = false; sessions[s].rewrite = APPLIED; sessions[s].wait = WAIT }
#endif
#ifdef MUTANT_UNANSWERED
    :: atomic { sessions[s].rewrite != NONE ->
#else
    :: atomic { sessions[s].rewrite == APPLIED ->
#endif
#ifdef MUTANT_FROM_REPLY
        clients[s % CLIENTS].proof = RENEW;
#else
        clients[s % CLIENTS].proof = (sessions[s].left > clients[s % CLIENTS].proof -> sessions[s].left : clients[s % CLIENTS].proof);
#endif
        sessions[s].rewrite = NONE; sessions[s].left = 0 }
    :: atomic { sessions[s].rewrite != NONE -> sessions[s].rewrite = NONE; sessions[s].left = 0 }
    :: atomic { sessions[s].wait == 0 && !ENDED(s) ->
        sessions[s].ended = true;
#ifndef MUTANT_REVIVED
        if
        :: sessions[s].rewrite == ON_ITS_WAY -> sessions[s].rewrite = NONE; sessions[s].left = 0   /* what is gone is not written */
        :: else
        fi
#endif
        }
#if IDS > 1
    :: atomic { sessions[s].kept -> over(s % CLIENTS) }
#endif
    od
}

proctype world() {
    byte k;
    do
    :: atomic {
        k = 0;
        do
        :: k < SESSIONS ->
            less(sessions[k].wait, FAST);
            less(sessions[k].left, SLOW);
            if
            :: sessions[k].left == 0 -> sessions[k].rewrite = NONE                    /* proves nothing any more */
            :: else
            fi;
            k++
        :: else -> break
        od;
        k = 0;
        do
        :: k < CLIENTS -> less(clients[k].proof, SLOW); k++
        :: else -> break
        od;
        k = 0;
        do
        :: k < N ->
            if
            :: all[k].phase == LEADING && !LEADS(k) -> all[k].phase = FOLLOWING       /* I1 */
            :: else
            fi;
            k++
        :: else -> break
        od;
        k = 0 }
    od
}

init {
    atomic {
        byte i = 0;
        do
        :: i < N -> run candidate(i); i++
        :: else -> break
        od;
        i = 0;
        do
        :: i < SESSIONS ->
            sessions[i].wait = WAIT;
            if
            :: i < CLIENTS -> clients[i].session = i; sessions[i].kept = true
            :: else
            fi;
            run keeper(i);
            i++
        :: else -> break
        od;
        i = 0;
        run world()
    }
}
