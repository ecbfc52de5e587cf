@NullMarked
package io.github.leaderelection.core.machine;

import org.jspecify.annotations.NullMarked;
