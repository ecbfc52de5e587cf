/** Electors as their users have them, through the public API, over the in-memory lock. */
@NullMarked
package io.github.leaderelection.lock.inmemory.elector;

import org.jspecify.annotations.NullMarked;
