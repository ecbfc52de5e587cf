/** Measures: the hot paths with JMH, and the electors of this project and of others side by side over real servers. */
@NullMarked
package io.github.leaderelection.benchmarks;

import org.jspecify.annotations.NullMarked;
