package dev.kvorum.apiserver.builtin;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Fills in what an object of one type lacks, before that of its parts is filled in. */
interface Rule {
  void apply(ObjectNode object);
}
