/** Short programs to copy from. Those in the README stand here, so that they compile. */
@NullMarked
package io.github.leaderelection.examples;

import org.jspecify.annotations.NullMarked;
