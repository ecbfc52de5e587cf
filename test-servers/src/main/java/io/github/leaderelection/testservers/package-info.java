/** Real servers for tests, and the means to hurt them. Not published. */
@NullMarked
package io.github.leaderelection.testservers;

import org.jspecify.annotations.NullMarked;
