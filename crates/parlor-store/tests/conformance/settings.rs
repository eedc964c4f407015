//! Settings.

use crate::support::{World, cases, read, write};

cases!(a_setting_is_kept_replaced_and_forgotten);

async fn a_setting_is_kept_replaced_and_forgotten(world: &World) {
    assert_eq!(read!(world.store, tx => tx.setting("name")), None);
    write!(world.store, tx => tx.put_setting("name", "One"));
    write!(world.store, tx => tx.put_setting("name", "Two"));
    write!(world.store, tx => tx.put_setting("other", ""));
    assert_eq!(read!(world.store, tx => tx.setting("name")).as_deref(), Some("Two"));
    assert_eq!(read!(world.store, tx => tx.setting("other")).as_deref(), Some(""));
    assert!(write!(world.store, tx => tx.delete_setting("name")));
    assert!(!write!(world.store, tx => tx.delete_setting("name")));
    assert_eq!(read!(world.store, tx => tx.setting("name")), None);
}
