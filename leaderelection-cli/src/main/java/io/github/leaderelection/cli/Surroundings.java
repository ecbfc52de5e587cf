package io.github.leaderelection.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What a command finds around it.
 *
 * @param environment the variables of the process
 * @param in where commands come from
 * @param out for event lines, or what people asked to see, and nothing else
 * @param err for messages
 */
record Surroundings(Map<String, String> environment, InputStream in, PrintStream out, PrintStream err) {

    /**
     * Those of this process. From here on, whatever else in this process prints to the standard output is sent to the
     * standard error instead, so that no library can break the event lines.
     */
    static Surroundings ofProcess() {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        System.setOut(System.err);
        return new Surroundings(System.getenv(), System.in, out, System.err);
    }
}
