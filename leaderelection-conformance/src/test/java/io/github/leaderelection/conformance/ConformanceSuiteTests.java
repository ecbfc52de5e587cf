package io.github.leaderelection.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** The suite passes a lock that is right, and finds what is wrong with one that is not. */
class ConformanceSuiteTests {

    private static EngineExecutionResults run(Class<? extends FlawedLockConformance> suite) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(suite))
                .execute();
    }

    private static Set<String> failures(Class<? extends FlawedLockConformance> suite) {
        return failures(run(suite));
    }

    private static Set<String> failures(EngineExecutionResults results) {
        assertEquals(0, results.containerEvents().failed().count(), "the suite itself must not fail");
        return results.testEvents().failed().stream()
                .map(ConformanceSuiteTests::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** As in {@code Create.aSecondCreateConflicts}. */
    private static String name(Event event) {
        List<UniqueId.Segment> segments =
                event.getTestDescriptor().getUniqueId().getSegments();
        String contract = segments.get(segments.size() - 2).getValue();
        String test = segments.get(segments.size() - 1).getValue();
        return contract + "." + test.substring(0, test.indexOf('('));
    }

    private static void assertFound(Set<String> failures, String... expected) {
        Set<String> missed = new TreeSet<>(Set.of(expected));
        missed.removeAll(failures);
        assertTrue(missed.isEmpty(), () -> "not found by " + missed + ", only by " + failures);
    }

    private static void assertFoundByNothingBut(Set<String> failures, String... expected) {
        assertEquals(new TreeSet<>(Set.of(expected)), failures);
    }

    @Test
    void aLockWithoutFlawPassesAndWhatTheHarnessLacksIsSkippedWithAReason() {
        EngineExecutionResults results = run(FlawedLockConformance.WithoutFlaw.class);
        assertEquals(Set.of(), failures(results));
        List<Event> aborted = results.testEvents().aborted().list();
        assertEquals(
                Set.of("Configuration", "Failure", "Lifecycle", "Session", "Watch"),
                aborted.stream().map(event -> name(event).split("\\.")[0]).collect(Collectors.toSet()));
        aborted.stream()
                .filter(event -> !name(event).equals("Session.aLockWithoutSessionsRefusesARecordThatNamesOne"))
                .forEach(event -> assertTrue(event.getPayload().toString().contains("this harness"), event::toString));
        assertTrue(results.testEvents().succeeded().count() >= 100);
    }

    /** Two leaders at once: the lock of the Go package writes without a compare. */
    @Test
    void plainWritesAreFound() {
        assertFound(
                failures(FlawedLockConformance.WithPlainWrites.class),
                "Create.aSecondCreateConflicts",
                "Create.aCreateByAnotherCandidateConflicts",
                "Create.aRefusedCreateChangesNothing",
                "Update.aStaleVersionConflicts",
                "Update.theSlowerOfTwoWhoReadTheSameConflicts",
                "Update.aRefusedUpdateChangesNothing",
                "Update.anUpdateOfADeletedRecordConflictsAndDoesNotRevive",
                "Failure.aCreateNeverOverwritesWhatIsNoRecord",
                "Race.exactlyOneOfManyUpdatesOfOneVersionIsWritten",
                "Race.exactlyOneOfManyCreatesIsWritten",
                "Race.whatTheWinnerWroteIsWhatStands",
                "Race.theHolderIsAloneAndNoIncrementIsLost");
    }

    @Test
    void versionsThatComeBackAreFound() {
        assertFound(
                failures(FlawedLockConformance.WithVersionsThatComeBack.class),
                "Fencing.theOrderGrowsAcrossADeletion",
                "Fencing.theOrderGrowsAcrossManyDeletions",
                "Update.aVersionFromBeforeADeletionConflictsWithTheRecordCreatedAfterIt",
                "Update.noVersionComesBackAfterADeletion");
    }

    @Test
    void looksThatLagAreFound() {
        assertFoundByNothingBut(
                failures(FlawedLockConformance.WithLooksThatLag.class),
                "Read.aLookIsNoOlderThanAWriteThatWasAnsweredBefore");
    }

    @Test
    void aWatchThatWithholdsTheLastStateIsFound() {
        assertFound(
                failures(FlawedLockConformance.WithAWatchThatLags.class),
                "Watch.theLastStateOfABurstIsToldAndNoneOutOfOrder",
                "Watch.aDeletionIsTold",
                "Watch.aLockIsToldOfItsOwnWrites");
    }

    @Test
    void aWatchThatMissesDeletionsIsFound() {
        assertFoundByNothingBut(
                failures(FlawedLockConformance.WithAWatchThatMissesDeletions.class), "Watch.aDeletionIsTold");
    }

    @Test
    void malformedRecordsOverwrittenAreFound() {
        assertFoundByNothingBut(
                failures(FlawedLockConformance.WithMalformedRecordsOverwritten.class),
                "Failure.aCreateNeverOverwritesWhatIsNoRecord",
                "Failure.anUpdateNeverOverwritesWhatIsNoRecord");
    }

    @Test
    void failuresWithoutANameAreFound() {
        assertFound(
                failures(FlawedLockConformance.WithFailuresWithoutName.class),
                "Failure.whatIsNoRecordIsReadAsMalformed");
    }

    @Test
    void workAfterCloseIsFound() {
        assertFoundByNothingBut(
                failures(FlawedLockConformance.WithWorkAfterClose.class),
                "Lifecycle.aReadAfterCloseFails",
                "Lifecycle.aWatchAfterCloseBreaksOrIsRefused",
                "Lifecycle.writesAfterCloseFailAndAreNotApplied");
    }

    @Test
    void lostMicrosecondsAreFound() {
        assertFound(
                failures(FlawedLockConformance.WithMicrosecondsLost.class),
                "Record.timesComeBackToTheMicrosecond",
                "Record.theTwoTimesAreNotMixedUp");
    }

    @Test
    void leasesThatAreRoundedAreFound() {
        assertFoundByNothingBut(
                failures(FlawedLockConformance.WithLeasesRounded.class),
                "Record.aLeaseThatIsTooFineIsRefusedOrKeptAndNeverRounded");
    }

    @Test
    void sessionsThatAreDroppedAreFoundAndAllElseAboutThemIsSkipped() {
        EngineExecutionResults results = run(FlawedLockConformance.WithSessionsDropped.class);
        assertFoundByNothingBut(failures(results), "Session.aLockWithoutSessionsRefusesARecordThatNamesOne");
        assertTrue(results.testEvents().succeeded().stream()
                .noneMatch(event -> name(event).startsWith("Session.")));
    }

    /** A successor is handed the record, and does not know it for its own: nobody leads, and the record stays held. */
    @Test
    void successorsThatAreDroppedAreFound() {
        assertFoundByNothingBut(
                failures(FlawedLockConformance.WithSuccessorsDropped.class),
                "Session.theSuccessorAndTheClaimOfARecordComeBackUntilItIsRewrittenWithoutThem");
    }

    /** Nobody takes over from a dead client. */
    @Test
    void sessionsThatNeverLapseAreFound() {
        assertFoundByNothingBut(
                failures(FlawedLockConformance.WithSessionsThatNeverLapse.class),
                "Session.aSessionThatIsNotKeptAliveEndsByItselfButNotBeforeItsLease");
    }

    /** Two leaders at once: the one still counts on its lease. */
    @Test
    void sessionsThatEndEarlyAreFound() {
        assertFound(
                failures(FlawedLockConformance.WithSessionsThatEndEarly.class),
                "Session.aSessionThatIsNotKeptAliveEndsByItselfButNotBeforeItsLease");
    }

    @Test
    void sessionIdsThatComeBackAreFound() {
        assertFound(failures(FlawedLockConformance.WithSessionIdsThatComeBack.class), "Session.noTwoSessionsHaveOneId");
    }

    @Test
    void endedSessionsThatAreKeptAreFound() {
        assertFound(
                failures(FlawedLockConformance.WithEndedSessionsKept.class),
                "Session.aSessionThatWasEndedIsNotKeptAlive",
                "Session.endingASessionAgainIsDone",
                "Session.aSessionThatIsNotKeptAliveEndsByItselfButNotBeforeItsLease");
    }

    @Test
    void keepAlivesThatKeepNothingAreFound() {
        assertFoundByNothingBut(
                failures(FlawedLockConformance.WithKeepAlivesThatKeepNothing.class),
                "Session.aSessionThatIsKeptAliveOutlivesItsLease");
    }

    @Test
    void aSessionWatchThatNeverTellsIsFound() {
        assertFound(
                failures(FlawedLockConformance.WithASessionWatchThatNeverTells.class),
                "Session.aSessionThatIsNotKeptAliveEndsByItselfButNotBeforeItsLease",
                "Session.aWatchTellsAtOnceOfASessionThatHasEnded",
                "Session.everyWatchTellsAnEndOnce",
                "Session.whoThrowsWhenToldDoesNotSilenceTheOthers");
    }

    @Test
    void aSessionWatchThatTellsTwiceIsFound() {
        assertFoundByNothingBut(
                failures(FlawedLockConformance.WithASessionWatchThatTellsTwice.class),
                "Session.everyWatchTellsAnEndOnce");
    }

    @Test
    void aSessionWatchThatGuessesIsFound() {
        assertFound(
                failures(FlawedLockConformance.WithASessionWatchThatGuesses.class),
                "Session.aWatchTellsNothingWhileTheSessionLives",
                "Session.endingASessionLeavesTheOthersOfItsClient");
    }

    @Test
    void aSessionWatchThatCannotBeClosedIsFound() {
        assertFoundByNothingBut(
                failures(FlawedLockConformance.WithASessionWatchThatCannotBeClosed.class),
                "Session.aClosedSubscriptionIsToldNothing");
    }

    @Test
    void noTestCanBeOverriddenAndEveryContractIsRun() {
        List<Class<?>> contracts = Stream.of(ResourceLockConformance.class.getDeclaredClasses())
                .filter(nested -> nested.isAnnotationPresent(Nested.class))
                .<Class<?>>map(Class::getSuperclass)
                .toList();
        assertEquals(11, contracts.size());
        Stream.concat(contracts.stream(), Stream.<Class<?>>of(Contract.class, ResourceLockConformance.class))
                .flatMap(type -> Stream.of(type.getDeclaredMethods()))
                .filter(ConformanceSuiteTests::isRunByJUnit)
                .forEach(method -> assertTrue(Modifier.isFinal(method.getModifiers()), () -> method + " is not final"));
    }

    private static boolean isRunByJUnit(Method method) {
        return method.isAnnotationPresent(Test.class)
                || method.isAnnotationPresent(BeforeAll.class)
                || method.isAnnotationPresent(AfterAll.class)
                || method.isAnnotationPresent(BeforeEach.class)
                || method.isAnnotationPresent(AfterEach.class);
    }
}
