# The page of the yearly figures, and the one to be published.
nav-figures = Yearly figures
figures-title = Figures of { $value }
figures-year = Year
figures-show = Show
figures-contents = Contents
figures-exact = Exact numbers, for this house alone.
figures-waiting = { $n ->
    [one] { $number } year waits to be counted: until then it may be missing, or older than the others, wherever years are compared.
   *[other] { $number } years wait to be counted: until then they may be missing, or older than the others, wherever years are compared.
}
figures-to-published = The page to be published, with small cells withheld
figures-to-exact = The exact figures, for this house
figures-part-overview = Reports and what was done
figures-part-hosting = Hosting
figures-part-findings = Findings
figures-part-removal = Handling and removal
figures-part-notices = Notices to hosters
published-title = Yearly figures { $value }
published-as-of = As of { $value }
published-print = To make a PDF of this page, print it with the browser.
method-title = How this was counted
method-year = A report counts in the calendar year in which this hotline received it; its state is that of the day given above.
method-margin = Reports are classified by people, who look at addresses and not at persons. Shares are rounded; a difference of less than 5 percent between two years or two groups may be chance or a change of practice.
method-clocks = How long removal takes depends on when the clock starts. There is no common definition, so all five are given:
method-clock-a = A: at the first receipt that is known
method-clock-b = B: at the first notice to the hoster
method-clock-c = C: when the police were first told
method-clock-d = D: when the hotline that acts on it took it over
method-clock-e = E: when an analyst first saw the content
method-online = A clock ends when the content was first seen to be gone. What nobody saw gone counts as still online: it has no removal time yet, so medians of what was removed are shorter than they will be. The curve of the share still online allows for this.
method-withheld = Counts of 1 to 4 are withheld, and with them others from which they could be computed. Zero is shown.
figures-zone = Years and days are those of the zone { $value }. Other hotlines may count by other zones: a report at the very beginning or end of a year may count in another year there.
