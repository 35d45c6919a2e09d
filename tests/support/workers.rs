//! The same work on many cases, several at a time.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Does the same with each, twice as many at a time as there are cores: most of the time is spent waiting for a server. Each
/// worker has something of its own (a database). In the order of the list.
pub fn in_parallel<T: Sync, S: Default, U: Send>(all: &[T], each: impl Fn(&mut S, &T) -> U + Sync) -> Vec<U> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut own = S::default();
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            match all.get(at) {
                Some(one) => done.push((at, each(&mut own, one))),
                None => return done,
            }
        }
    };
    let workers = 2 * thread::available_parallelism().map_or(2, NonZero::get);
    let mut done: Vec<(usize, U)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a worker does not panic")).collect()
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, one)| one).collect()
}
