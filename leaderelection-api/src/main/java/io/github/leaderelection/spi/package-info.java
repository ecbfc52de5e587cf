/**
 * What the authors of locks see. A lock depends on this package and its parent, and never on the engine.
 */
@NullMarked
package io.github.leaderelection.spi;

import org.jspecify.annotations.NullMarked;
