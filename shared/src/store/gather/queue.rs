//! Who waits, and when another lane begins.

use std::collections::VecDeque;

use tokio::sync::oneshot;

use crate::store::session_lookups::{Asked, Found};

/// Most look-ups in one statement.
pub(super) const BATCH: usize = 64;
/// Lanes that are kept busy before anybody waits: with one, each of two who ask in turn
/// would wait for the other. More make the statements smaller.
const PROMPT_LANES: u32 = 2;
/// Most that wait; more go alone, and wait for a connection as any statement does.
const MOST_WAITING: usize = 4096;

/// A look-up that waits. Without an answer, it goes alone.
pub(super) struct Waiting {
    pub(super) asked: Asked,
    pub(super) answer: oneshot::Sender<Found>,
}

/// The counts, and the queue itself.
pub(super) struct Queue {
    waiting: VecDeque<Waiting>,
    /// Look-ups under way that went alone.
    alone: usize,
    /// Lanes that there are.
    lanes: u32,
    /// Those of them that have been away for long.
    late: u32,
    most_lanes: u32,
}

impl Queue {
    pub(super) fn new(most_lanes: u32) -> Self {
        Self {
            waiting: VecDeque::new(),
            alone: 0,
            lanes: 0,
            late: 0,
            most_lanes,
        }
    }

    pub(super) fn lanes(&self) -> u32 {
        self.lanes
    }

    /// Waits for an answer, or is counted as one that goes alone.
    pub(super) fn join(&mut self, asked: Asked) -> Option<oneshot::Receiver<Found>> {
        let nobody_asks = self.alone == 0 && self.lanes == 0;
        if nobody_asks || self.waiting.len() >= MOST_WAITING {
            self.alone += 1;
            return None;
        }
        let (answer, receiver) = oneshot::channel();
        self.waiting.push_back(Waiting { asked, answer });
        Some(receiver)
    }

    pub(super) fn end_alone(&mut self) {
        self.alone = self.alone.saturating_sub(1);
    }

    /// Whether a lane must begin now; it is counted from here on.
    pub(super) fn starts_lane(&mut self) -> bool {
        let prompt = self.lanes.saturating_sub(self.late);
        let starts =
            !self.waiting.is_empty() && prompt < PROMPT_LANES && self.lanes < self.most_lanes;
        self.lanes += u32::from(starts);
        starts
    }

    pub(super) fn lane_is_late(&mut self) {
        self.late += 1;
    }

    pub(super) fn lane_is_back(&mut self) {
        self.late = self.late.saturating_sub(1);
    }

    pub(super) fn end_lane(&mut self, was_late: bool) {
        self.lanes = self.lanes.saturating_sub(1);
        self.late = self.late.saturating_sub(u32::from(was_late));
    }

    /// What waits, as much as goes into a statement, in the order in which it came.
    /// Whoever has gone away is left out.
    pub(super) fn take(&mut self) -> Vec<Waiting> {
        let mut batch = Vec::new();
        while batch.len() < BATCH
            && let Some(one) = self.waiting.pop_front()
        {
            if !one.answer.is_closed() {
                batch.push(one);
            }
        }
        batch
    }

    /// Lets all who wait go on alone.
    pub(super) fn turn_away(&mut self) {
        self.waiting.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::timestamp::Timestamp;
    use crate::domain::token::TokenHash;

    fn asked(name: &str) -> Asked {
        Asked {
            token: TokenHash::of(name),
            now: Timestamp::MIN,
        }
    }

    /// One under way alone, so that the next ones wait.
    fn busy(most_lanes: u32) -> Queue {
        let mut queue = Queue::new(most_lanes);
        assert!(queue.join(asked("first")).is_none());
        queue
    }

    #[test]
    fn one_by_one_they_go_alone() {
        let mut queue = Queue::new(1);
        for _ in 0..3 {
            assert!(queue.join(asked("one")).is_none());
            assert!(!queue.starts_lane(), "for nobody");
            queue.end_alone();
        }
    }

    #[test]
    fn those_who_come_meanwhile_wait_for_a_lane() {
        let mut queue = busy(1);
        let answers: Vec<_> = (0..3).map(|_| queue.join(asked("more")).unwrap()).collect();
        assert!(queue.starts_lane());
        assert!(!queue.starts_lane(), "there is one");
        queue.end_alone();
        assert_eq!(queue.take().len(), answers.len());
        assert!(queue.join(asked("later")).is_some(), "the lane is away");
        queue.end_lane(false);
        assert!(queue.starts_lane(), "somebody came at the last moment");
    }

    #[test]
    fn a_late_lane_makes_room_for_another_and_then_no_more() {
        let mut queue = busy(3);
        let _one = queue.join(asked("one")).unwrap();
        assert!(queue.starts_lane() && queue.starts_lane());
        assert!(!queue.starts_lane(), "two are enough");
        queue.lane_is_late();
        assert!(queue.starts_lane());
        queue.lane_is_late();
        assert!(!queue.starts_lane(), "three are all");
        queue.lane_is_back();
        queue.end_lane(false);
        assert!(queue.starts_lane());
        queue.end_lane(false);
        queue.end_lane(true);
        queue.end_lane(false);
        assert_eq!(queue.lanes(), 0);
        assert!(queue.starts_lane(), "nothing is counted twice");
    }

    #[test]
    fn a_statement_has_a_limit_and_nobody_who_went_away() {
        let mut queue = busy(1);
        let mut answers: Vec<_> = (0..=BATCH)
            .map(|n| queue.join(asked(&n.to_string())).unwrap())
            .collect();
        drop(answers.remove(0));
        let batch = queue.take();
        assert_eq!(batch.len(), BATCH);
        assert!(batch[0].asked.token == TokenHash::of("1"), "in order");
        assert!(queue.take().is_empty());
    }

    #[test]
    fn more_than_enough_go_alone() {
        let mut queue = busy(1);
        let _answers: Vec<_> = (0..MOST_WAITING)
            .map(|_| queue.join(asked("one")).unwrap())
            .collect();
        assert!(queue.join(asked("too many")).is_none());
    }

    #[test]
    fn those_turned_away_learn_it() {
        let mut queue = busy(1);
        let mut answer = queue.join(asked("one")).unwrap();
        queue.turn_away();
        assert!(answer.try_recv().is_err());
        assert!(queue.take().is_empty());
    }
}
