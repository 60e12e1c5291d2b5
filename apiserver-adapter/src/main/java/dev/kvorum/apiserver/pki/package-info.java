/**
 * The certificates of a server that was given none: an authority of its own, which the server's and the administrator's
 * certificate are from, and the file with which clients find it all. Knows no requests.
 */
@NullMarked
package dev.kvorum.apiserver.pki;

import org.jspecify.annotations.NullMarked;
