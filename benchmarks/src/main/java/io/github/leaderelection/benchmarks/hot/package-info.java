/** Benchmarks of what a program calls often, and of a renewal, for JMH. That of the machine is in the machine's package. */
@NullMarked
package io.github.leaderelection.benchmarks.hot;

import org.jspecify.annotations.NullMarked;
