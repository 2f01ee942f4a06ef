//! Refuses plans that remove too many users or groups: the directory may have lost its data.

use std::fmt;

/// So many may leave at once, whatever part of all they are.
const FEW: usize = 3;

/// At most this part of all may leave at once: a fifth.
const PART: usize = 5;

/// How many accounts, groups or memberships a plan takes away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Losses {
    /// How many there are that the directory looks after: enabled accounts, groups, or memberships.
    pub known: usize,
    /// How many of them leave.
    pub lost: usize,
    /// How many the directory has.
    pub present: usize,
}

/// Why a plan is not done without being asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SafetyRefusal {
    /// The directory has no users any more.
    NoUsers(Losses),
    /// Too many users would leave.
    Users(Losses),
    /// The directory has no groups any more.
    NoGroups(Losses),
    /// Too many groups would leave.
    Groups(Losses),
    /// No group has a member any more.
    NoMembers(Losses),
}

/// The losses of a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AllLosses {
    pub users: Losses,
    pub groups: Losses,
    pub members: Losses,
}

impl Losses {
    fn are_all(&self) -> bool {
        self.lost > 0 && self.present == 0
    }

    fn are_many(&self) -> bool {
        self.lost > FEW && self.lost * PART > self.known
    }
}

impl AllLosses {
    /// Decides whether a person has to look at the plan.
    pub fn judge(&self) -> Option<SafetyRefusal> {
        let Self { users, groups, members } = *self;
        if users.are_all() {
            Some(SafetyRefusal::NoUsers(users))
        } else if users.are_many() {
            Some(SafetyRefusal::Users(users))
        } else if groups.are_all() {
            Some(SafetyRefusal::NoGroups(groups))
        } else if groups.are_many() {
            Some(SafetyRefusal::Groups(groups))
        } else if members.are_all() {
            Some(SafetyRefusal::NoMembers(members))
        } else {
            None
        }
    }
}

impl fmt::Display for SafetyRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoUsers(Losses { lost, .. }) => {
                write!(f, "the directory returned no user, and {lost} accounts would leave")
            }
            Self::Users(Losses { lost, known, .. }) => {
                write!(f, "{lost} of {known} accounts of the directory would leave")
            }
            Self::NoGroups(Losses { lost, .. }) => {
                write!(f, "the directory returned no group, and {lost} groups would be deleted")
            }
            Self::Groups(Losses { lost, known, .. }) => {
                write!(f, "{lost} of {known} groups of the directory would be deleted")
            }
            Self::NoMembers(Losses { lost, .. }) => write!(
                f,
                "no group of the directory has a member, and {lost} memberships would end"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn users(known: usize, lost: usize, present: usize) -> Option<SafetyRefusal> {
        let users = Losses { known, lost, present };
        AllLosses { users, ..AllLosses::default() }.judge()
    }

    #[test]
    fn a_fifth_of_all_or_a_few_may_leave() {
        assert_eq!(users(100, 20, 80), None);
        assert!(matches!(users(100, 21, 79), Some(SafetyRefusal::Users(_))));
        assert_eq!(users(4, 3, 1), None);
        assert!(matches!(users(5, 4, 1), Some(SafetyRefusal::Users(_))));
    }

    #[test]
    fn an_empty_directory_removes_nobody() {
        assert!(matches!(users(1, 1, 0), Some(SafetyRefusal::NoUsers(_))));
        assert_eq!(users(0, 0, 0), None);
        let lost = Losses { known: 1, lost: 1, present: 0 };
        let groups = AllLosses { groups: lost, ..AllLosses::default() };
        assert!(matches!(groups.judge(), Some(SafetyRefusal::NoGroups(_))));
        let members = AllLosses { members: lost, ..AllLosses::default() };
        assert!(matches!(members.judge(), Some(SafetyRefusal::NoMembers(_))));
    }
}
