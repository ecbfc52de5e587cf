package io.github.leaderelection.lock.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys are joined and cleaned as Go's {@code path.Join} does it. */
class RecordKeyTests {

    @ParameterizedTest
    @CsvSource({
        "/registry/leaderelection, demo, /registry/leaderelection/demo",
        "/registry/leaderelection/, demo, /registry/leaderelection/demo",
        "/registry//leaderelection, /demo/, /registry/leaderelection/demo",
        "/registry, ./a/./b, /registry/a/b",
        "/registry, a/../b, /registry/b",
        "/registry, ../demo, /demo",
        "/registry, ../../../demo, /demo",
        "registry, demo, registry/demo",
        "registry, ../../demo, ../demo",
        "'', demo, demo",
        "'', /demo, /demo",
        "/, demo, /demo",
        ".., demo, ../demo",
        "/registry, 'a b', '/registry/a b'",
        "/registry, ..., /registry/..."
    })
    void prefixAndNameMakeAPath(String prefix, String name, String key) {
        assertEquals(key, RecordKey.of(prefix, name));
    }

    @Test
    void whatLeavesNoPathIsRefused() {
        for (String[] parts :
                new String[][] {{"", "."}, {"/", "/"}, {"/a", ".."}, {"/a", ""}, {"/a", " "}, {"a", ".."}}) {
            assertThrows(IllegalArgumentException.class, () -> RecordKey.of(parts[0], parts[1]));
        }
    }
}
