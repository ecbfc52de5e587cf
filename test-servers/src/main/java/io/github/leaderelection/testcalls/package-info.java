/** Calls of locks and watches, waited for with a generous bound: what the tests of all locks share. */
@NullMarked
package io.github.leaderelection.testcalls;

import org.jspecify.annotations.NullMarked;
