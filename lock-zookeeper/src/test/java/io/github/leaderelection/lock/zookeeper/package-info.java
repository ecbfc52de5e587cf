/** Tests of the lock on ZooKeeper, those that end in IT with a real server. */
@NullMarked
package io.github.leaderelection.lock.zookeeper;

import org.jspecify.annotations.NullMarked;
