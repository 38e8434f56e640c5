package bot

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// morningHour is the hour at which a desk begins: a day without a time means it.
const morningHour = 9

var (
	clockForm  = regexp.MustCompile(`^(\d{1,2})(?:[:.h](\d{2}))?(am|pm)?$`)
	isoForm    = regexp.MustCompile(`^(\d{4})-(\d{1,2})-(\d{1,2})$`)
	dottedForm = regexp.MustCompile(`^(\d{1,2})\.(\d{1,2})\.(\d{4})?$`)
	dayForm    = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th)?\.?$`)
)

// until reads a day and a time as people write them, on the clock of now:
// "Monday", "tomorrow 9:00", "2026-12-01", "1 Dec at 14:30", "01.12.2026". What
// it does not understand it gives back; false where no day is named.
func until(words []string, now time.Time) (at time.Time, rest []string, ok bool) {
	var hour, minute int
	day, timed := time.Time{}, false
	words = slices.DeleteFunc(slices.Clone(words), func(word string) bool {
		return slices.Contains([]string{"until", "till", "til", "on", "at", "next", "the", "of"}, plainWord(word))
	})
	for len(words) > 0 {
		if found, n := dayOf(words, now); n > 0 && day.IsZero() {
			day, words = found, words[n:]
			continue
		}
		if h, m, n := clockOf(words); n > 0 && !timed {
			hour, minute, timed, words = h, m, true, words[n:]
			continue
		}
		rest, words = append(rest, words[0]), words[1:]
	}
	switch {
	case day.IsZero() && !timed:
		return time.Time{}, rest, false
	case day.IsZero():
		day = now // "away until 15:00"
	case !timed:
		hour = morningHour
	}
	return time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, now.Location()), rest, true
}

func plainWord(word string) string {
	return strings.ToLower(strings.Trim(word, `,;:!?/"'()“”„‘’«»`))
}

// dayOf reads a day at the beginning of the words, and tells how many it has.
func dayOf(words []string, now time.Time) (day time.Time, n int) {
	first, second, third := wordAt(words, 0), wordAt(words, 1), wordAt(words, 2)
	switch first {
	case "today":
		return now, 1
	case "tomorrow":
		return now.AddDate(0, 0, 1), 1
	}
	first = strings.TrimSuffix(first, ".")
	if weekday, ok := weekdayOf(first); ok {
		ahead := (int(weekday)-int(now.Weekday())+6)%7 + 1 // the next one, never today
		return now.AddDate(0, 0, ahead), 1
	}
	if m := isoForm.FindStringSubmatch(first); m != nil {
		return date(m[1], number(m[2]), m[3], now), 1
	}
	if m := dottedForm.FindStringSubmatch(wordAt(words, 0)); m != nil {
		return date(m[3], number(m[2]), m[1], now), 1
	}
	month, monthFirst := monthOf(first)
	dayWord := first
	if monthFirst { // "Dec 1"
		dayWord = second
	} else if month, monthFirst = monthOf(strings.TrimSuffix(second, ".")); !monthFirst {
		return time.Time{}, 0
	}
	m := dayForm.FindStringSubmatch(dayWord)
	if m == nil {
		return time.Time{}, 0
	}
	if len(third) == 4 && number(third) > 0 {
		return date(third, int(month), m[1], now), 3
	}
	return date("", int(month), m[1], now), 2
}

// beginsDay tells whether a word could be the first of a day.
func beginsDay(word string) bool {
	_, weekday := weekdayOf(word)
	_, month := monthOf(word)
	return weekday || month || word == "today" || word == "tomorrow" || word != "" && word[0] >= '0' && word[0] <= '9'
}

func wordAt(words []string, i int) string {
	if i >= len(words) {
		return ""
	}
	return plainWord(words[i])
}

// date gives a day of a year; without a year, the next such day. A day that is
// in no calendar is long past, which is said of it.
func date(year string, month int, day string, now time.Time) time.Time {
	at := func(year int) time.Time {
		found := time.Date(year, time.Month(month), number(day), 12, 0, 0, 0, now.Location())
		if found.Month() != time.Month(month) {
			return time.Date(1, 1, 1, 12, 0, 0, 0, now.Location())
		}
		return found
	}
	if year != "" {
		return at(number(year))
	}
	if this := at(now.Year()); this.YearDay() >= now.YearDay() {
		return this
	}
	return at(now.Year() + 1)
}

// clockOf reads a time of day at the beginning of the words: "9:00", "9", "5 pm".
func clockOf(words []string) (hour, minute, n int) {
	m := clockForm.FindStringSubmatch(wordAt(words, 0))
	if m == nil {
		return 0, 0, 0
	}
	hour, minute, n = number(m[1]), number(m[2]), 1
	half := m[3]
	if next := wordAt(words, 1); half == "" && (next == "am" || next == "pm") {
		half, n = next, 2
	}
	switch {
	case half != "" && (hour < 1 || hour > 12) || hour > 23 || minute > 59:
		return 0, 0, 0
	case half == "pm" && hour < 12:
		hour += 12
	case half == "am" && hour == 12:
		hour = 0
	}
	return hour, minute, n
}

// number reads digits that a pattern has found; what is none is 0.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

func weekdayOf(word string) (time.Weekday, bool) {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if beginsName(word, day.String()) {
			return day, true
		}
	}
	return 0, false
}

func monthOf(word string) (time.Month, bool) {
	for month := time.January; month <= time.December; month++ {
		if beginsName(word, month.String()) {
			return month, true
		}
	}
	return 0, false
}

// beginsName tells whether a word is a name or its beginning, of three letters at least.
func beginsName(word, name string) bool {
	return len(word) >= 3 && strings.HasPrefix(strings.ToLower(name), word)
}
