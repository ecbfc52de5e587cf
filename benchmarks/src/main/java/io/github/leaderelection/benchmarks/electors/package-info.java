/** One face for the electors that are compared: those of this project, of Curator, jetcd, fabric8 and client-java. */
@NullMarked
package io.github.leaderelection.benchmarks.electors;

import org.jspecify.annotations.NullMarked;
