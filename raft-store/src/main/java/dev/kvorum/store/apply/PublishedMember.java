package dev.kvorum.store.apply;

import dev.kvorum.store.Member;

/**
 * What a member has said about itself.
 *
 * @param member as published
 * @param incarnation of the start at which it said so
 */
public record PublishedMember(Member member, long incarnation) {}
