//! A reader with the rule, the page and every sum, but without the house's key.

use std::collections::BTreeSet;

use super::{LEAST, Order, Place, Relation, withhold};
use crate::secret::SealKey;
use crate::statistics::figure::{Cell, Column, Figure, Label, Row, Shape};

/// Keys that the reader tries: any could be the house's.
const KEYS: u8 = 100;

type Page = Vec<Option<u64>>;

fn key(number: u8) -> SealKey {
    SealKey::from_bytes(&[number; 32])
}

/// A table of named rows, and beside it their sum.
fn figures(table: &[u64]) -> ([Figure; 2], Vec<Relation>) {
    let of = |name, rows: Vec<(String, u64)>| Figure {
        name,
        shape: Shape::TableOnly,
        of: "offence",
        columns: vec![Column::count("n")],
        rows: rows
            .into_iter()
            .map(|(row, n)| Row { label: Label::Name(Some(row)), cells: vec![Cell::Count(n)] })
            .collect(),
    };
    let rows = table.iter().enumerate().map(|(row, n)| (format!("row {row}"), *n)).collect();
    let total = of("totals", vec![("all".to_owned(), table.iter().sum())]);
    let place = |figure, row| Place { figure, row, column: 0 };
    let right = (0..table.len()).map(|row| place(1, row)).collect();
    ([total, of("offences", rows)], vec![Relation::Sum { left: vec![place(0, 0)], right }])
}

fn page(table: &[u64], order: &Order<'_>) -> Page {
    let (mut figures, relations) = figures(table);
    withhold(&mut figures, &relations, order);
    let count = |row: &Row| if let Cell::Count(n) = row.cells[0] { Some(n) } else { None };
    // A page may have its rows in another order; each has its name.
    let named = |row: &Row| if let Label::Name(name) = &row.label { name.clone() } else { None };
    figures[1].rows.sort_by_key(named);
    figures.iter().flat_map(|figure| &figure.rows).map(count).collect()
}

/// Every table that agrees with the page.
fn tables(page: &[Option<u64>], total: u64) -> Vec<Vec<u64>> {
    let Some((first, rest)) = page.split_first() else { return if total == 0 { vec![vec![]] } else { vec![] } };
    let values = match first {
        Some(shown) => *shown..=*shown,
        None => 1..=total,
    };
    let with = |value: u64| {
        let rests = total.checked_sub(value).map(|left| tables(rest, left)).unwrap_or_default();
        rests.into_iter().map(move |rest| [vec![value], rest].concat())
    };
    values.flat_map(with).collect()
}

/// For each withheld cell, the values that it may have for the reader: of every table that gives this very page under some
/// order that he holds possible.
fn possible(seen: &Page, total: u64, orders: &[Order<'_>]) -> Vec<BTreeSet<u64>> {
    let shown = &seen[1..];
    let mut values = vec![BTreeSet::new(); shown.len()];
    for table in tables(shown, total) {
        if orders.iter().any(|order| page(&table, order) == *seen) {
            for (values, value) in values.iter_mut().zip(&table) {
                values.insert(*value);
            }
        }
    }
    values.into_iter().zip(shown).filter(|(_, shown)| shown.is_none()).map(|(values, _)| values).collect()
}

#[test]
fn who_knows_the_rule_cannot_tell_a_split_that_the_order_of_size_gives_away() {
    let tables: [&[u64]; 5] = [&[20, 5, 5, 4], &[31, 6, 6, 2], &[5, 9, 5, 1], &[12, 8, 0, 3], &[6, 6, 6, 4]];
    let keys: Vec<SealKey> = (0..KEYS).map(key).collect();
    let orders: Vec<Order<'_>> = keys.iter().map(|key| Order::keyed(key, "year/2026")).collect();
    for table in tables {
        let total = table.iter().sum();
        for order in &orders[..8] {
            let seen = page(table, order);
            assert_eq!(seen[0], Some(total), "a total is withheld only where no part is left");
            for values in possible(&seen, total, &orders) {
                let small = values.iter().filter(|value| **value < LEAST).count();
                assert!(values.len() > 2 && small > 0 && small < values.len(), "{table:?} as {seen:?}: {values:?}");
            }
        }
    }
    // The smallest first, of equal ones the first: he knows both.
    let seen = page(tables[0], &Order::smallest());
    let told = possible(&seen, 34, &[Order::smallest()]);
    assert_eq!(told, [BTreeSet::from([5]), BTreeSet::from([4])]);
}

#[test]
fn an_order_is_the_same_for_the_same_key_and_year_and_prefers_the_small() {
    let table = [1_000, 10, 9, 8, 7, 3];
    let mut largest = 0;
    for number in 0..KEYS {
        let key = key(number);
        let shown = page(&table, &Order::keyed(&key, "year/2026"));
        assert_eq!(shown, page(&table, &Order::keyed(&key, "year/2026")));
        largest += u32::from(shown[1].is_none());
    }
    assert!(largest <= 3, "the largest count was withheld {largest} times of {KEYS}");
    let key = key(1);
    let years: BTreeSet<Page> =
        (2_000..2_040).map(|year| page(&table, &Order::keyed(&key, format!("year/{year}")))).collect();
    assert!(years.len() > 1, "every year has an order of its own");
}
