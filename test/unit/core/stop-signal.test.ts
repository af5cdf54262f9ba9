import { describe, expect, it } from 'vitest';
import { Stop } from '../../../src/core/stop-signal.js';

describe('a stop', () => {
  it('is raised with the reason of the first of them', () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const following = new Stop(one.signal, other.signal);
    expect(following.aborted).toBe(false);
    other.abort('other');
    one.abort('one');
    expect(following.reason).toBe('other');
  });

  it('is raised at once when one of them was', () => {
    expect(new Stop(AbortSignal.abort('before')).reason).toBe('before');
  });

  it('is raised by its end, and follows no longer', () => {
    const one = new AbortController();
    const following = new Stop(one.signal);
    following.end('over');
    one.abort('late');
    expect(following.reason).toBe('over');
  });

  it('keeps the first reason when it is ended after one of them was raised', () => {
    const one = new AbortController();
    const following = new Stop(one.signal);
    one.abort('early');
    following.end('over');
    expect(following.reason).toBe('early');
  });

  it('tells who listens once, and nobody who listens no longer', () => {
    const stop = new Stop();
    const told: string[] = [];
    const gone = () => told.push('gone');
    stop.addEventListener('abort', () => told.push('here'));
    stop.addEventListener('abort', gone);
    stop.removeEventListener('abort', gone);
    stop.end('over');
    stop.end('again');
    expect(told).toEqual(['here']);
  });

  it('is followed by another', () => {
    const one = new Stop();
    const other = new Stop(one);
    one.end('over');
    expect(() => other.throwIfAborted()).toThrow('over');
  });
});
