@NullMarked
package io.github.leaderelection.lock.support;

import org.jspecify.annotations.NullMarked;
