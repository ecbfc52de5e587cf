/**
 * The command line: {@code campaign}, {@code observe}, {@code demo}; and its event lines, which are a stable protocol.
 */
@NullMarked
package io.github.leaderelection.cli;

import org.jspecify.annotations.NullMarked;
