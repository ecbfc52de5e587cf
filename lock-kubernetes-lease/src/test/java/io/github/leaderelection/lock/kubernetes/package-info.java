/** Tests of the lock on a Lease of Kubernetes, those that end in IT with a real API server. */
@NullMarked
package io.github.leaderelection.lock.kubernetes;

import org.jspecify.annotations.NullMarked;
