//! Tables of cases, and a reader that tries everything.

use proptest::prelude::*;

use super::*;
use crate::statistics::figure::{Column, Row, Shape};

const N: Column = Column { name: "n", unit: Unit::Count };
const SHARE: Column = Column { name: "share", unit: Unit::Share };

/// Rows have an order of their own, so that they are found where they were.
fn figure(columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Figure {
    let row = |cells| Row { label: Label::Code { list: "n", code: "n" }, cells };
    Figure { name: "n", shape: Shape::TableOnly, of: "n", columns, rows: rows.into_iter().map(row).collect() }
}

fn with_shares(counts: &[u64]) -> Figure {
    figure(vec![N, SHARE], counts.iter().map(|n| vec![Cell::Count(*n), Cell::Measure(0.5)]).collect())
}

fn counts(counts: &[u64]) -> Figure {
    figure(vec![N], counts.iter().map(|n| vec![Cell::Count(*n)]).collect())
}

/// Counts as they are shown, none where withheld.
fn shown_counts(figure: &Figure) -> Vec<Option<u64>> {
    let count = |cell: &Cell| if let Cell::Count(count) = cell { Some(*count) } else { None };
    figure.rows.iter().map(|row| count(&row.cells[0])).collect()
}

fn withheld_of(figures: &[Figure], relations: &[Relation]) -> Vec<Figure> {
    let mut figures = figures.to_vec();
    withhold(&mut figures, relations, &Order::smallest());
    figures
}

fn column(figure: usize, rows: usize) -> Vec<Place> {
    (0..rows).map(|row| Place { figure, row, column: 0 }).collect()
}

#[test]
fn a_small_count_takes_the_smallest_other_with_it_and_zero_stays() {
    for (counted, expected) in [
        (&[100, 9, 7, 3, 0][..], &[Some(100), Some(9), None, None, Some(0)][..]),
        // Two small ones that together are small leave too little to guess.
        (&[100, 9, 1, 1, 0], &[Some(100), None, None, None, Some(0)]),
        (&[100, 4, 4], &[Some(100), None, None]),
        (&[100, 5, 0], &[Some(100), Some(5), Some(0)]),
        // Nobody is told how many there are.
        (&[3, 0], &[None, Some(0)]),
    ] {
        let shown = withheld_of(&[with_shares(counted)], &[]);
        assert_eq!(shown_counts(&shown[0]), expected, "{counted:?}");
        for row in &shown[0].rows {
            assert_eq!(row.cells[0] == Cell::Withheld, row.cells[1] == Cell::Withheld, "a share tells its count");
        }
    }
}

#[test]
fn counts_without_a_sum_are_withheld_alone() {
    assert_eq!(shown_counts(&withheld_of(&[counts(&[100, 9, 3])], &[])[0]), [Some(100), Some(9), None]);
}

#[test]
fn a_total_elsewhere_is_a_sum_and_is_withheld_if_nothing_else_is_left() {
    let total = |n: u64| Relation::Sum { left: column(0, 1), right: column(1, usize::try_from(n).expect("a number")) };
    let shown = withheld_of(&[counts(&[112]), counts(&[100, 9, 3])], &[total(3)]);
    assert_eq!((shown_counts(&shown[0]), shown_counts(&shown[1])), (vec![Some(112)], vec![Some(100), None, None]));
    let shown = withheld_of(&[counts(&[5]), counts(&[2, 3, 0])], &[total(3)]);
    assert_eq!((shown_counts(&shown[0]), shown_counts(&shown[1])), (vec![None], vec![None, None, Some(0)]));
    // The same number in two places.
    let same = Relation::Sum { left: column(0, 1), right: column(1, 1) };
    let shown = withheld_of(&[with_shares(&[7, 3, 50]), counts(&[7])], &[same]);
    assert_eq!((shown_counts(&shown[0]), shown_counts(&shown[1])), (vec![None, None, Some(50)], vec![None]));
}

#[test]
fn sums_that_are_wrong_or_of_nothing_come_to_an_end_and_show_nothing_more() {
    let wrong = |left, right| Relation::Sum { left, right };
    let shown = withheld_of(&[counts(&[3, 0]), counts(&[100, 9])], &[wrong(column(0, 2), column(1, 2))]);
    assert_eq!((shown_counts(&shown[0]), shown_counts(&shown[1])), (vec![None, Some(0)], vec![Some(100), None]));
    let against =
        [wrong(column(0, 1), column(1, 1)), wrong(column(0, 1), column(1, 2)), wrong(column(0, 1), Vec::new())];
    let shown = withheld_of(&[counts(&[3]), counts(&[100, 9])], &against);
    assert_eq!((shown_counts(&shown[0]), shown_counts(&shown[1])), (vec![None], vec![None, None]));
}

fn equations(relations: &[Relation]) -> Vec<Equation> {
    relations.iter().filter_map(Equation::declared).collect()
}

#[test]
fn sums_that_only_together_tell_a_cell_do_not() {
    // Two squares of withheld cells, held together by one cell: each sum has two or more of them, and the one follows.
    let table = [[9, 3, 0, 0], [3, 9, 6, 0], [0, 0, 3, 9], [0, 0, 9, 3]];
    let figures = table.map(|row| counts(&row)).to_vec();
    let totals =
        |cells: Vec<Place>, row| Relation::Sum { left: vec![Place { figure: 4, row, column: 0 }], right: cells };
    let place = |figure, row| Place { figure, row, column: 0 };
    let mut relations: Vec<Relation> =
        (0..4).map(|row| totals((0..4).map(|at| place(row, at)).collect(), row)).collect();
    relations.extend((0..4).map(|at| totals((0..4).map(|row| place(row, at)).collect(), 4 + at)));
    let sums = counts(&[12, 18, 12, 12, 12, 12, 18, 12]);
    let figures: Vec<Figure> = figures.into_iter().chain([sums]).collect();
    let shown = withheld_of(&figures, &relations);
    let mut cells = Cells::of(&figures, &Order::smallest());
    for place in cells.places() {
        if shown[place.figure].rows[place.row].cells[0] == Cell::Withheld {
            cells.withhold(place);
        }
    }
    assert!(solve::solved(&cells, &equations(&relations)).is_empty());
    assert!(cells.is_withheld(place(0, 1)) && cells.is_withheld(place(2, 2)));
}

#[test]
fn cells_that_could_only_fall_below_one_do_not_follow_either() {
    // Withheld are six cells in a ring: each that rises makes the next one fall, and one that must fall is 1.
    let table = vec![vec![1, 9, 0], vec![9, 0, 9], vec![0, 9, 1]];
    let (figures, relations) = with_sums(&table);
    let mut cells = Cells::of(&figures, &Order::smallest());
    let ring = [(0, 0), (0, 1), (1, 0), (1, 2), (2, 1), (2, 2)].map(|(figure, row)| Place { figure, row, column: 0 });
    for place in ring {
        cells.withhold(place);
    }
    assert_eq!(solve::solved(&cells, &equations(&relations)), ring.into_iter().collect());
    let shown = withheld_of(&figures, &relations);
    let is_withheld = |row: usize, column: usize| shown_counts(&shown[row])[column].is_none();
    for (place, least, most) in guessed(&table, &is_withheld) {
        assert!(least < most || shown_counts(&shown[3]).contains(&None), "{place:?} in {shown:?}");
    }
}

#[test]
fn what_follows_from_several_sums_is_kept_where_its_own_is_withheld_whole() {
    // x + g is told by nothing alone; with g + 7 it follows from 9 + 9 that x is 2.
    let figures = [counts(&[12, 2, 10]), counts(&[9, 7])];
    let place = |figure, row| Place { figure, row, column: 0 };
    let sums = [
        Relation::Sum { left: vec![place(0, 0)], right: vec![place(0, 1), place(0, 2)] },
        Relation::Sum { left: vec![place(0, 0), place(1, 1)], right: vec![place(0, 2), place(1, 0)] },
    ];
    let shown = withheld_of(&figures, &sums);
    let mut cells = Cells::of(&figures, &Order::smallest());
    for place in cells.places().filter(|place| shown[place.figure].rows[place.row].cells[0] == Cell::Withheld) {
        cells.withhold(place);
    }
    assert!(cells.is_withheld(place(0, 1)));
    assert!(solve::solved(&cells, &equations(&sums)).is_empty(), "{shown:?}");
}

#[test]
fn a_measure_of_few_is_withheld_and_one_of_none_is_unknown() {
    let hours = Column { name: "hours", unit: Unit::Hours };
    let row = |n, measure| vec![Cell::Count(n), measure];
    let few =
        figure(vec![N, hours], vec![row(4, Cell::Measure(1.5)), row(5, Cell::Measure(2.5)), row(0, Cell::Unknown)]);
    let shown = withheld_of(&[few], &[]);
    let measures: Vec<Cell> = shown[0].rows.iter().map(|row| row.cells[1]).collect();
    assert_eq!(measures, [Cell::Withheld, Cell::Measure(2.5), Cell::Unknown]);
}

#[test]
fn shares_go_with_their_whole_and_steps_with_theirs() {
    let whole = Relation::Whole { whole: Place { figure: 0, row: 0, column: 0 }, figure: 1 };
    let steps = vec![(Place { figure: 2, row: 0, column: 0 }, 50)];
    let growing = |of| Relation::Growing { steps: steps.clone(), whole: 90, of };
    let figures = [counts(&[3]), with_shares(&[50, 40]), counts(&[50])];
    let shown = withheld_of(&figures, &[whole, growing(column(0, 1))]);
    assert!(shown[1].rows.iter().all(|row| row.cells[1] == Cell::Withheld));
    assert_eq!(shown_counts(&shown[2]), [None]);
    assert_eq!(shown_counts(&withheld_of(&figures, &[growing(column(1, 2))])[2]), [Some(50)]);
}

/// Every way to fill the withheld cells in rows and columns of known sums, by trying; the least and the most of each
/// cell.
fn guessed(table: &[Vec<u64>], is_withheld: &dyn Fn(usize, usize) -> bool) -> Vec<((usize, usize), u64, u64)> {
    let unknown: Vec<(usize, usize)> = (0..table.len())
        .flat_map(|row| (0..table[0].len()).map(move |column| (row, column)))
        .filter(|(row, column)| is_withheld(*row, *column))
        .collect();
    let rest = |cells: &mut dyn Iterator<Item = (usize, usize)>| {
        cells.filter(|(row, column)| is_withheld(*row, *column)).map(|(row, column)| table[row][column]).sum::<u64>()
    };
    let mut rows: Vec<u64> = (0..table.len()).map(|row| rest(&mut (0..table[0].len()).map(|it| (row, it)))).collect();
    let mut columns: Vec<u64> =
        (0..table[0].len()).map(|it| rest(&mut (0..table.len()).map(|row| (row, it)))).collect();
    let mut found = vec![(u64::MAX, 0); unknown.len()];
    let mut filled = Vec::new();
    fill(&unknown, &mut filled, &mut rows, &mut columns, &mut found);
    unknown.into_iter().zip(found).map(|(place, (least, most))| (place, least, most)).collect()
}

fn fill(
    unknown: &[(usize, usize)],
    filled: &mut Vec<u64>,
    rows: &mut [u64],
    columns: &mut [u64],
    found: &mut [(u64, u64)],
) {
    let Some((row, column)) = unknown.get(filled.len()).copied() else {
        if rows.iter().chain(columns.iter()).all(|rest| *rest == 0) {
            for (value, range) in filled.iter().zip(found) {
                *range = (range.0.min(*value), range.1.max(*value));
            }
        }
        return;
    };
    // The last cell of a row takes the rest of the row, and likewise of a column: any other value leads nowhere.
    let later = &unknown[filled.len() + 1..];
    let (is_last, is_lowest) =
        (later.iter().all(|(other, _)| *other != row), later.iter().all(|(_, other)| *other != column));
    let most = rows[row].min(columns[column]);
    let least = [(is_last, rows[row]), (is_lowest, columns[column])];
    let least = least.into_iter().filter(|(is_forced, _)| *is_forced).map(|(_, rest)| rest).max().unwrap_or(1).max(1);
    for value in least..=most {
        rows[row] -= value;
        columns[column] -= value;
        filled.push(value);
        fill(unknown, filled, rows, columns, found);
        filled.pop();
        rows[row] += value;
        columns[column] += value;
    }
}

/// A table as a figure for each row, and the sums of its rows and columns as another.
fn with_sums(table: &[Vec<u64>]) -> (Vec<Figure>, Vec<Relation>) {
    let (rows, columns) = (table.len(), table[0].len());
    let sums = table.iter().map(|row| row.iter().sum());
    let sums = sums.chain((0..columns).map(|column| table.iter().map(|row| row[column]).sum()));
    let sums: Vec<u64> = sums.collect();
    let figures = table.iter().map(|row| counts(row)).chain([counts(&sums)]).collect();
    let total = |row| vec![Place { figure: rows, row, column: 0 }];
    let of_row = (0..rows).map(|row| Relation::Sum { left: total(row), right: column(row, columns) });
    let of_column = (0..columns).map(|at| Relation::Sum {
        left: total(rows + at),
        right: (0..rows).map(|row| Place { figure: row, row: at, column: 0 }).collect(),
    });
    (figures, of_row.chain(of_column).collect())
}

proptest! {
    #[test]
    fn who_tries_everything_finds_no_withheld_cell(
        table in (1_usize..4).prop_flat_map(|columns| {
            prop::collection::vec(prop::collection::vec(0_u64..9, columns), 1..4)
        })
    ) {
        let (figures, relations) = with_sums(&table);
        let shown = withheld_of(&figures, &relations);
        prop_assert_eq!(&shown, &withheld_of(&figures, &relations));
        for (figure, counted) in shown.iter().zip(&figures) {
            for (cell, count) in shown_counts(figure).into_iter().zip(shown_counts(counted)) {
                prop_assert!(cell.is_none_or(|n| n == 0 || n >= LEAST));
                prop_assert!(count != Some(0) || cell.is_some(), "zero is shown");
            }
        }
        let sums = shown_counts(&shown[table.len()]);
        if sums.iter().all(Option::is_some) {
            let is_withheld = |row: usize, column: usize| shown_counts(&shown[row])[column].is_none();
            for (place, least, most) in guessed(&table, &is_withheld) {
                prop_assert!(least < most, "{place:?} is {least} in {shown:?}");
            }
        }
    }

    #[test]
    fn in_a_column_with_shares_a_withheld_cell_may_be_small_or_not(table in prop::collection::vec(0_u64..12, 1..7)) {
        let shown = withheld_of(&[with_shares(&table)], &[]);
        let cells = shown_counts(&shown[0]);
        // With nothing but zero shown, no share tells the sum.
        if cells.iter().any(|cell| cell.is_some_and(|count| count > 0)) {
            let rows: Vec<Vec<u64>> = table.iter().map(|n| vec![*n]).collect();
            let withheld: Vec<u64> =
                table.iter().zip(&cells).filter(|(_, cell)| cell.is_none()).map(|(count, _)| *count).collect();
            let most = withheld.iter().sum::<u64>() + 1 - u64::try_from(withheld.len()).expect("few").min(1);
            prop_assert!(withheld.is_empty() || most >= LEAST, "{rows:?} {cells:?}");
            prop_assert!(withheld.len() != 1, "{table:?} {cells:?}");
        }
    }
}
