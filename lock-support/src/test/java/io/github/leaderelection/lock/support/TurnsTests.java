package io.github.leaderelection.lock.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class TurnsTests {

    private final List<Integer> ran = new ArrayList<>();
    private boolean closed;
    private final Turns turns = new Turns(this::execute, this::execute, 2);

    private void execute(Runnable task) {
        if (closed) {
            throw new RejectedExecutionException("closed");
        }
        task.run();
    }

    private void take(int number) {
        turns.take(() -> ran.add(number));
    }

    @Test
    void whatComesWhenAllTurnsAreTakenWaitsInItsOrder() {
        for (int i = 0; i < 5; i++) {
            take(i);
        }
        assertEquals(List.of(0, 1), ran);
        turns.giveBack();
        assertEquals(List.of(0, 1, 2), ran);
        turns.giveBack();
        turns.giveBack();
        assertEquals(List.of(0, 1, 2, 3, 4), ran);
        turns.giveBack();
        turns.giveBack();
        take(5);
        take(6);
        take(7);
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6), ran);
    }

    @Test
    void whatIsLessUrgentWaitsForAllThatIsMore() {
        turns.takeLast(() -> ran.add(0));
        take(1);
        turns.takeLast(() -> ran.add(10));
        take(2);
        turns.takeLast(() -> ran.add(11));
        take(3);
        for (int i = 0; i < 4; i++) {
            turns.giveBack();
        }
        assertEquals(List.of(0, 1, 2, 3, 10, 11), ran);
        turns.giveBack();
        turns.giveBack();
        take(4);
        take(5);
        take(6);
        assertEquals(List.of(0, 1, 2, 3, 10, 11, 4, 5), ran);
    }

    @Test
    void whatIsRejectedTakesNoTurn() {
        closed = true;
        for (int i = 0; i < 3; i++) {
            assertThrows(RejectedExecutionException.class, () -> take(0));
        }
        closed = false;
        take(1);
        take(2);
        take(3);
        assertEquals(List.of(1, 2), ran);
    }

    @Test
    void whatWaitsIsLeftToItsLockWhenAllIsClosed() {
        take(1);
        take(2);
        take(3);
        closed = true;
        turns.giveBack();
        assertEquals(List.of(1, 2), ran);
    }
}
