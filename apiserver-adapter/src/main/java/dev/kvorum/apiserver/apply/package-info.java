/**
 * Server-side apply: who owns which field of an object, what an applied configuration makes of it, and when two owners are
 * in conflict (Kubernetes API, "Server-side apply"). Pure functions over JSON trees and their types; knows no requests and
 * no storage.
 */
@NullMarked
package dev.kvorum.apiserver.apply;

import org.jspecify.annotations.NullMarked;
