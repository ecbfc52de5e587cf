/** Elections between whole processes over real backends. */
@NullMarked
package io.github.leaderelection.it;

import org.jspecify.annotations.NullMarked;
