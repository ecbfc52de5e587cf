/** What all fuzzed targets are held to. The targets are in the packages of what they call. */
@NullMarked
package io.github.leaderelection.fuzz;

import org.jspecify.annotations.NullMarked;
