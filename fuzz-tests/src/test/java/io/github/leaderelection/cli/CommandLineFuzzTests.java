package io.github.leaderelection.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.leaderelection.fuzz.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Any words after the name of a command. */
class CommandLineFuzzTests {

    @FuzzTest
    void optionsAreTakenOrRefused(byte[] bytes) {
        String[] words = new String(bytes, StandardCharsets.UTF_8).split("\0", -1);
        ElectionOptions options = new ElectionOptions();
        CommandSpec command = CommandSpec.create().addMixin("election", CommandSpec.forAnnotatedObject(options));
        try {
            new CommandLine(command).parseArgs(words);
        } catch (CommandLine.ParameterException refused) {
            assertFalse(String.valueOf(refused.getMessage()).isBlank());
            return;
        }
        Optional<Map<String, String>> settings =
                Refusal.orRead(IllegalArgumentException.class, () -> options.settings(Map.of()));
        settings.ifPresent(taken ->
                assertFalse(taken.getOrDefault("leaderelection.name", "").isBlank()));
    }
}
