//! Which connections are alive, by user and by session. Not who is in which room: shards know that.

use std::collections::HashMap;

use parlor_model::{SessionId, UserId};

use crate::shard::ConnectionId;

/// The living connections.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    by_user: HashMap<UserId, Vec<ConnectionId>>,
    by_session: HashMap<SessionId, Vec<ConnectionId>>,
}

impl Registry {
    /// Adds a connection, unless its user has `max` already.
    pub(crate) fn add(
        &mut self,
        connection: ConnectionId,
        (user, session): (UserId, SessionId),
        max: usize,
    ) -> bool {
        let of_user = self.by_user.entry(user).or_default();
        if of_user.len() >= max {
            return false;
        }
        of_user.push(connection);
        self.by_session.entry(session).or_default().push(connection);
        true
    }

    /// Removes a connection.
    pub(crate) fn remove(&mut self, connection: ConnectionId, (user, session): (UserId, SessionId)) {
        drop_from(&mut self.by_user, &user, connection);
        drop_from(&mut self.by_session, &session, connection);
    }

    /// The connections of a user.
    pub(crate) fn of_user(&self, user: UserId) -> Vec<ConnectionId> {
        self.by_user.get(&user).cloned().unwrap_or_default()
    }

    /// The connections of a session.
    pub(crate) fn of_session(&self, session: SessionId) -> Vec<ConnectionId> {
        self.by_session.get(&session).cloned().unwrap_or_default()
    }
}

fn drop_from<K: std::hash::Hash + Eq>(
    map: &mut HashMap<K, Vec<ConnectionId>>,
    key: &K,
    connection: ConnectionId,
) {
    if let Some(connections) = map.get_mut(key) {
        connections.retain(|&other| other != connection);
        if connections.is_empty() {
            map.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_stays_behind() {
        let mut registry = Registry::default();
        let who = (UserId::from_bytes([1; 16]), SessionId::from_bytes([2; 16]));
        let id = |number| ConnectionId::new(0, 0, number);
        for number in 0..3 {
            assert!(registry.add(id(number), who, 3));
        }
        assert!(!registry.add(id(3), who, 3), "that is one too many");
        assert_eq!(registry.of_user(who.0).len(), 3);
        registry.remove(id(1), who);
        assert_eq!((registry.of_session(who.1).len(), registry.of_user(who.0).len()), (2, 2));
        registry.remove(id(0), who);
        registry.remove(id(2), who);
        assert!(registry.by_user.is_empty() && registry.by_session.is_empty());
    }
}
