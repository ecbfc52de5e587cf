/** Figures, tables and pictures, and the report that they make up. */
@NullMarked
package io.github.leaderelection.benchmarks.report;

import org.jspecify.annotations.NullMarked;
