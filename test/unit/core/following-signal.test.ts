import { describe, expect, it } from 'vitest';
import { FollowingSignal } from '../../../src/core/following-signal.js';

describe('a signal that follows others', () => {
  it('is raised with the reason of the first of them', () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const following = new FollowingSignal(one.signal, other.signal);
    expect(following.signal.aborted).toBe(false);
    other.abort('other');
    one.abort('one');
    expect(following.signal.reason).toBe('other');
  });

  it('is raised at once when one of them was', () => {
    expect(new FollowingSignal(AbortSignal.abort('before')).signal.reason).toBe('before');
  });

  it('is raised by its end, and follows no longer', () => {
    const one = new AbortController();
    const following = new FollowingSignal(one.signal);
    following.end('over');
    one.abort('late');
    expect(following.signal.reason).toBe('over');
  });

  it('keeps the first reason when it is ended after one of them was raised', () => {
    const one = new AbortController();
    const following = new FollowingSignal(one.signal);
    one.abort('early');
    following.end('over');
    expect(following.signal.reason).toBe('early');
  });
});
