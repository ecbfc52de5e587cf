@NullMarked
package io.github.leaderelection.benchmarks;

import org.jspecify.annotations.NullMarked;
