package io.github.leaderelection.lock.zookeeper;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Since when a timeout counts, with a leader that pings each 100 or more often; wherever the clock stands. */
class SessionTouchesTests {

    private static final long PAUSE = 100;

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 50, -50})
    void aSessionCountsFromItsBeginningUntilAnAnswerIsAPauseOld(long begin) {
        SessionTouches touches = new SessionTouches(begin, PAUSE);
        assertEquals(begin, touches.countedSince(begin + 500));
        touches.answered(begin + 510, begin + 520);
        assertEquals(
                begin,
                touches.countedSince(begin + 619),
                "the leader may have pinged before the answer, and not since");
        assertEquals(begin + 510, touches.countedSince(begin + 620));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 50, -50})
    void theNewestAnswerThatIsAPauseOldCounts(long begin) {
        SessionTouches touches = new SessionTouches(begin, PAUSE);
        touches.answered(begin + 10, begin + 20);
        touches.answered(begin + 50, begin + 60);
        touches.answered(begin + 90, begin + 100);
        assertEquals(begin + 50, touches.countedSince(begin + 170));
        assertEquals(begin + 90, touches.countedSince(begin + 200));
    }

    /** A call that asked early and is answered late takes nothing back. */
    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 50, -50})
    void itNeverCountsFromEarlierAgain(long begin) {
        SessionTouches touches = new SessionTouches(begin, PAUSE);
        touches.answered(begin + 90, begin + 100);
        assertEquals(begin + 90, touches.countedSince(begin + 300));
        touches.answered(begin + 50, begin + 110);
        assertEquals(begin + 90, touches.countedSince(begin + 310));
        assertEquals(begin + 90, touches.countedSince(begin + 150));
    }
}
