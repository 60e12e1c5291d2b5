/**
 * How the Kubernetes API says that it does not do what it was asked: {@code Status} objects with their codes, reasons and
 * words, which clients and people match on. Knows no requests.
 */
@NullMarked
package dev.kvorum.apiserver.status;

import org.jspecify.annotations.NullMarked;
