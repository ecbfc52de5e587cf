/**
 * What the locks that store bytes share: the JSON of a Lease. For the locks of this project; not for users.
 */
@NullMarked
package io.github.leaderelection.lock.support;

import org.jspecify.annotations.NullMarked;
