@NullMarked
package io.github.leaderelection.core;

import org.jspecify.annotations.NullMarked;
