//! How a page is looked at.

use serde_json::{Value, json};

/// A screen and a taste.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// A desk, dark ink on light ground.
    Light,
    /// A desk, light ink on dark ground.
    Dark,
    /// A phone upright, dark ink on light ground.
    Phone,
}

impl Look {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::Phone];

    /// Its name in files and sentences.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Phone => "phone",
        }
    }

    /// In CSS pixels.
    #[must_use]
    pub const fn width(self) -> u32 {
        if matches!(self, Self::Phone) { 390 } else { 1280 }
    }

    /// As `Emulation.setDeviceMetricsOverride` takes it.
    pub(super) fn screen(self) -> Value {
        let is_phone = self == Self::Phone;
        let height = if is_phone { 844 } else { 800 };
        json!({ "width": self.width(), "height": height, "deviceScaleFactor": 1, "mobile": is_phone })
    }

    /// As `Emulation.setEmulatedMedia` takes it.
    pub(super) fn media(self) -> Value {
        let scheme = if self == Self::Dark { "dark" } else { "light" };
        // A picture would catch moving elements in between.
        let still = json!({ "name": "prefers-reduced-motion", "value": "reduce" });
        json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }, still] })
    }
}
