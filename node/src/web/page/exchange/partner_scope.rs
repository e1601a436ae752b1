//! The figures that a viewer is shown. Page and downloads take them from here, so neither can hold more than the other.

use crate::access::account::{Right, Viewer};
use crate::statistics::volume::Volumes;
use crate::statistics::{Figure, Filter, Order, Place, Relation, withhold};
use crate::storage::StorageError;
use crate::web::shell::Office;

/// The figures of a filter.
pub(super) struct Shown {
    /// The exchange in numbers.
    pub(super) volumes: Volumes,
    /// The exchange, exact: both sides of a pair count the same.
    pub(super) pair: Vec<Figure>,
    /// The federation as totals, without any pair. To a partner it is others' business: small cells are withheld.
    pub(super) federation: Vec<Figure>,
    /// Where this hotline's reports are hosted: for its own people.
    pub(super) world: Vec<Figure>,
}

impl Shown {
    /// Loads all figures that `viewer` may see of `filter`, made for him.
    pub(super) async fn load(office: &Office, viewer: &Viewer, filter: &Filter) -> Result<Self, StorageError> {
        let volumes = office.rollups.volumes(filter).await?;
        let is_staff = viewer.may(Right::SeeFigures);
        let of = if is_staff { filter.clone() } else { filter.for_others() };
        let federation = office.rollups.federation(&of).await?.figures(of.step);
        let federation =
            if is_staff { federation } else { withheld(federation, &Order::keyed(&office.context.seal, "federation")) };
        let world = if is_staff { office.rollups.world(filter).await?.figures() } else { Vec::new() };
        Ok(Self { pair: volumes.figures(filter.step), volumes, federation, world })
    }

    /// Every figure.
    pub(super) fn figures(&self) -> impl Iterator<Item = &Figure> {
        self.pair.iter().chain(&self.federation).chain(&self.world)
    }
}

/// The federation for others' eyes. Steps and countries are the same reports: column by column, both add up to one sum.
fn withheld(mut federation: Vec<Figure>, order: &Order<'_>) -> Vec<Figure> {
    let places = |figure: usize, column: usize| -> Vec<Place> {
        (0..federation[figure].rows.len()).map(|row| Place { figure, row, column }).collect()
    };
    let [steps, countries] = federation.as_slice() else { return Vec::new() };
    let columns = steps.columns.len().min(countries.columns.len());
    let same = |column| Relation::Sum { left: places(0, column), right: places(1, column) };
    let relations: Vec<Relation> = (0..columns).map(same).collect();
    withhold(&mut federation, &relations, order);
    federation
}
