@NullMarked
package io.github.leaderelection.lock.etcd;

import org.jspecify.annotations.NullMarked;
