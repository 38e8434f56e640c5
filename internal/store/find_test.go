package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"handrail/internal/store"
	"handrail/internal/ticket"
)

// about stores a ticket of contoso that says this.
func about(t *testing.T, db *store.DB, title, customer, details string) *ticket.Ticket {
	t.Helper()
	made := fresh("contoso", title)
	made.Customer, made.Details = customer, details
	return create(t, db, made)
}

// finds gives the numbers of the first tickets that are found, and whether there are more.
func finds(t *testing.T, db *store.DB, search ticket.Search) (numbers []int64, more bool) {
	t.Helper()
	if search.Tenant == "" {
		search.Tenant = "contoso"
	}
	if search.Count == 0 {
		search.Count = 10
	}
	found, more, err := db.FindTickets(t.Context(), search)
	ok(t, err)
	for _, one := range found {
		numbers = append(numbers, one.Number)
	}
	return numbers, more
}

// end closes a ticket.
func end(t *testing.T, db *store.DB, number int64) {
	t.Helper()
	inTx(t, db, func(tx ticket.Tx) error {
		locked, err := tx.Lock(t.Context(), ticket.ID{Tenant: "contoso", Number: number})
		ok(t, err)
		locked.State = ticket.Closed
		return tx.Save(t.Context(), locked, line(locked.Version+1, "closed"))
	})
}

func TestTicketsAreFoundByNumberTitleCustomerAndDetailsInAnyScriptAndOfTheirTenantOnly(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		about(t, db, "Printer prints blank pages", "Northwind", "Only from Word. Error 0x8007.")
		about(t, db, "Không đăng nhập được", "Công ty Hoà Bình", "Màn hình báo lỗi 12 lần")
		about(t, db, "会議室の予約ができない", "Contoso 日本", "ログインできません")
		about(t, db, "Größe der Anhänge", "O'Neill & Søn", "C:\\temp\\100%_full 'x' NEAR AND")
		about(t, db, "Blank screen", "Fabrikam", "After the printer was moved")
		foreign := fresh("fabrikam", "Printer prints blank pages")
		create(t, db, foreign)
		for typed, want := range map[string][]int64{
			"T-1": {1, 4, 2}, "t1": {1, 4, 2}, "#1": {1, 4, 2}, "2": {2}, "12": {2}, "T-99": nil, "T-1 printer": {1},
			"blank printer": {5, 1}, "PRINTER blank pa": {1}, "prin": {5, 1}, "rinter": nil, "printer nothing": nil, "p": {5, 1},
			"northw": {1}, "northwind": {1}, "north printer": nil, "hoa binh": {2}, "Công ty": {2}, "oneill": nil, "o'neill": {4}, "son": {4},
			"khong dang nhap": {2}, "không đăng nhập": {2}, "duoc": {2}, "Ðăng": {2}, "ANHANGE grosse": {4}, "große": {4}, "loi": {2},
			"予約": {3}, "約予": nil, "会議": {3}, "議": {3}, "できません": {3}, "日本 予約": {3},
			"0x8007": {1}, "temp 100": {4}, "near and": {4}, "AND OR NOT": nil,
			"": nil, "   ": nil, "%": nil, `%_'"\`: nil, "-- ; /* */": nil, "😀": nil, "\x00": nil, "pri\x00nter": {5, 1}, "\xff\xfe": nil, ":*": nil,
			`"printer"`: {5, 1}, "printer' OR 1=1 --": nil, "(printer": {5, 1}, "printer:*": {5, 1}, ":open": nil, "{words}: printer": nil,
			strings.Repeat("printer ", 1250): {5, 1}, strings.Repeat("x", 10_000): nil, strings.Repeat("%", 10_000): nil,
			strings.Repeat("'", 10_000): nil, strings.Repeat("ộ", 10_000): nil, strings.Repeat("会", 10_000): nil,
		} {
			got, more := finds(t, db, ticket.Search{Words: typed})
			if !slices.Equal(got, want) || more {
				t.Errorf("%.40q finds %v and more (%t), want %v", typed, got, more, want)
			}
		}
		found, _, err := db.FindTickets(t.Context(), ticket.Search{Tenant: "fabrikam", Words: "printer", Count: 5})
		ok(t, err)
		equal(t, found, []*ticket.Ticket{foreign})
	})
}

func TestOpenTicketsAreFoundFirstTheNewestBeforeOthersAndPagesHoldTogether(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		for range 7 {
			about(t, db, "VPN 3 drops", "Northwind", "")
		}
		end(t, db, 6)
		end(t, db, 2)
		page := func(skip, count int, open bool) string {
			numbers, more := finds(t, db, ticket.Search{Words: "vpn", Skip: skip, Count: count, Open: open})
			return fmt.Sprint(numbers, more)
		}
		equal(t, page(0, 3, false), "[7 5 4] true")
		equal(t, page(3, 3, false), "[3 1 6] true")
		equal(t, page(6, 3, false), "[2] false")
		equal(t, page(9, 3, false), "[] false")
		equal(t, page(-5, 7, false), "[7 5 4 3 1 6 2] false")
		equal(t, page(0, 10, true), "[7 5 4 3 1] false")
		equal(t, page(1_000_000_000, 3, false), "[] false")
		numbers, more := finds(t, db, ticket.Search{Words: "T-3", Count: 3})
		equal(t, fmt.Sprint(numbers, more), "[3 7 5] true")
		numbers, more = finds(t, db, ticket.Search{Words: "T-3", Skip: 3, Count: 4})
		equal(t, fmt.Sprint(numbers, more), "[4 1 6 2] false")
		numbers, _ = finds(t, db, ticket.Search{Words: "6", Open: true})
		equal(t, len(numbers), 0)
	})
}

func TestATicketIsFoundByWhatItSaysNowAndNotByWhatItSaidBefore(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		made := about(t, db, "Printer", "Northwind", "blank")
		failure := fmt.Errorf("no")
		err := db.InTx(t.Context(), func(tx ticket.Tx) error {
			locked, err := tx.Lock(t.Context(), made.ID)
			ok(t, err)
			locked.Title = "Scanner"
			ok(t, tx.Save(t.Context(), locked, line(2, "edited")))
			return failure
		})
		equal(t, err.Error(), failure.Error())
		numbers, _ := finds(t, db, ticket.Search{Words: "printer"})
		equal(t, numbers, []int64{1})

		inTx(t, db, func(tx ticket.Tx) error {
			locked, err := tx.Lock(t.Context(), made.ID)
			ok(t, err)
			locked.Title = "Scanner"
			ok(t, tx.Save(t.Context(), locked, line(2, "edited")))
			locked.Details = "stripes"
			ok(t, tx.Save(t.Context(), locked, line(3, "edited")))
			locked.StatusText = "This is not looked at."
			return tx.Save(t.Context(), locked, line(4, "edited"))
		})
		for typed, want := range map[string][]int64{"printer": nil, "blank": nil, "scanner": {1}, "stripes": {1}} {
			numbers, _ := finds(t, db, ticket.Search{Words: typed})
			equal(t, numbers, want)
		}
		// What nobody has locked is stored whole.
		made.Version, made.Title = 4, "Copier"
		inTx(t, db, func(tx ticket.Tx) error { return tx.Save(t.Context(), made, line(5, "edited")) })
		numbers, _ = finds(t, db, ticket.Search{Words: "copier"})
		equal(t, numbers, []int64{1})
	})
}

func TestTicketsThatAnEarlierVersionHasStoredAreTakenUpAPageAtATime(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		for i := range 5 {
			about(t, db, fmt.Sprint("VPN ", i), "Northwind", "")
		}
		create(t, db, fresh("fabrikam", "VPN"))
		// The version before knows nothing of the words.
		execute(t, db, "DELETE FROM ticket_words WHERE number IN (1, 2, 4)", "UPDATE tickets SET title = 'Proxy' WHERE number = 5",
			"UPDATE tickets SET state = 'closed' WHERE number = 3", "UPDATE tickets SET status_text = 'as it was' WHERE number = 3")
		equal(t, pagesOf(t, db), []string{"fabrikam 1", "contoso 5", "contoso 4", "contoso 3", "contoso 2", "contoso 1"})
		equal(t, pagesOf(t, db), []string(nil))
		numbers, _ := finds(t, db, ticket.Search{Words: "vpn"})
		equal(t, numbers, []int64{4, 2, 1, 3})
		numbers, _ = finds(t, db, ticket.Search{Words: "proxy"})
		equal(t, numbers, []int64{5})
		numbers, _ = finds(t, db, ticket.Search{Tenant: "fabrikam", Words: "vpn"})
		equal(t, numbers, []int64{1})
	})
}

// pagesOf has all tickets found, one after the other, and tells which were not.
func pagesOf(t *testing.T, db *store.DB) (taken []string) {
	t.Helper()
	for last := (ticket.ID{}); ; {
		inTx(t, db, func(tx ticket.Tx) (err error) {
			last, err = tx.Index(t.Context(), last, 1)
			return err
		})
		if last == (ticket.ID{}) {
			return taken
		}
		taken = append(taken, fmt.Sprint(last.Tenant, " ", last.Number))
	}
}

func TestOpenTicketsThatLookAlikeAreGivenTheLikestFirst(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		for i := range 450 { // more than are looked at one by one
			about(t, db, fmt.Sprint("The mail is slow ", i), fmt.Sprint("Customer ", i), "")
			if i == 3 {
				about(t, db, "The frobnicator hums", "Tailspin", "")
				about(t, db, "A frobnicator is lost", "Wingtip", "frobnicator hums")
				about(t, db, "Frobnicator hums", "Closed", "")
				create(t, db, fresh("fabrikam", "Frobnicator hums"))
			}
		}
		end(t, db, 7)
		last := about(t, db, "Frobnicator hums", "Northwind", "").Number
		alike := func(title, customer string, except int64) (numbers []int64) {
			found, err := db.Alike(t.Context(), ticket.Trouble{Tenant: "contoso", Title: title, Customer: customer, Except: except}, 3)
			ok(t, err)
			for _, one := range found {
				numbers = append(numbers, one.Number)
			}
			return numbers
		}
		equal(t, alike("The FROBNICATOR hums again", "Adatum", 0), []int64{5, last})
		equal(t, alike("Frobnicator hums", "Adatum", last), []int64{5, 6})
		equal(t, alike("Chairs", "wingtip", 0), []int64{6})
		equal(t, alike("Frobnicator hums", "Wingtip", last), []int64{5, 6})
		equal(t, alike("%_'\"\\", "", 0), []int64(nil))
		equal(t, alike(strings.Repeat("x", 10_000), strings.Repeat("'", 10_000), 0), []int64(nil))
		equal(t, len(alike("The mail is slow", "Adatum", 0)), 3)
	})
}
