package bot

import (
	"strings"
	"testing"
)

func TestMessagesAreTakenForWhatTheyMean(t *testing.T) {
	t.Parallel()
	tests := map[string]understood{
		"":                            {command: "help"},
		"  ?! ":                       {command: "help"},
		"new":                         {command: "new"},
		"New Invoices cannot be Sent": {command: "new", rest: "Invoices cannot be Sent"},
		"NEW: Mail is slow":           {command: "new", rest: "Mail is slow"},
		"new - Mail is slow":          {command: "new", rest: "Mail is slow"},
		"/new Mail is slow":           {command: "new", rest: "Mail is slow"},
		"nwe Mail is slow":            {command: "new", rest: "Mail is slow"},
		"neww Mail is slow":           {command: "new", rest: "Mail is slow"},
		"new ticket Mail is slow":     {command: "new", rest: "Mail is slow"},
		"create ticket":               {command: "new"},
		"Open a ticket: no mail":      {command: "new", rest: "no mail"},
		"new\nMail is slow\nand late": {command: "new", rest: "Mail is slow\nand late"},
		"new 12 users cannot log in":  {command: "new", rest: "12 users cannot log in"},

		"my tickets":   {command: "my tickets"},
		"My Tickets.":  {command: "my tickets"},
		"my tickest":   {command: "my tickets"},
		"mytickets":    {command: "my tickets"},
		"my ticket":    {command: "my tickets"},
		"mine":         {command: "my tickets"},
		"my":           {command: "my tickets"},
		"tickets":      {command: "my tickets"},
		"my   tickets": {command: "my tickets"},

		"board":       {command: "board"},
		"Baord!":      {command: "board"},
		"boad":        {command: "board"},
		"list":        {command: "board"},
		"all tickets": {command: "board"},
		"desk?":       {command: "board"},

		"show T-1":         {command: "show", rest: "T-1"},
		"shwo t1":          {command: "show", rest: "t1"},
		"SHOW #1":          {command: "show", rest: "#1"},
		"show 1":           {command: "show", rest: "1"},
		"show":             {command: "show"},
		"show me T-1":      {command: "show", rest: "me T-1"},
		"view T-1, please": {command: "show", rest: "T-1, please"},
		"open T-1":         {command: "show", rest: "T-1"},
		"open ticket T-1":  {command: "show", rest: "T-1"},
		"see “T-1”":        {command: "show", rest: "“T-1”"},

		"take T-1":        {command: "take", rest: "T-1"},
		"take t1":         {command: "take", rest: "t1"},
		"tkae T-1":        {command: "take", rest: "T-1"},
		"claim 1":         {command: "take", rest: "1"},
		"take ticket T-1": {command: "take", rest: "ticket T-1"},

		"assign T-1 @Kofi":        {command: "assign", rest: "T-1 @Kofi"},
		"asign T-1 @Kofi":         {command: "assign", rest: "T-1 @Kofi"},
		"assign 1 @Kofi Mensah":   {command: "assign", rest: "1 @Kofi Mensah"},
		"give T-1 to @Kofi":       {command: "assign", rest: "T-1 to @Kofi"},
		"assign @Kofi T-1":        {command: "assign", rest: "@Kofi T-1"},
		"assign T-1 to @Kofi now": {command: "assign", rest: "T-1 to @Kofi now"},

		"follow":                 {command: "follow"},
		"Follow all":             {command: "follow", rest: "all"},
		"folow T-1":              {command: "follow", rest: "T-1"},
		"follow 1":               {command: "follow", rest: "1"},
		"follow expedite":        {command: "follow", rest: "expedite"},
		"follow fixed and up":    {command: "follow", rest: "fixed and up"},
		"follow up":              {command: "follow", rest: "up"},
		"subscribe":              {command: "follow"},
		"unfollow":               {command: "unfollow"},
		"unfolow T-1":            {command: "unfollow", rest: "T-1"},
		"unfollow priority":      {command: "unfollow", rest: "priority"},
		"following":              {command: "following"},
		"folowing":               {command: "following"},
		"ufollow T-1":            {nearest: "follow"},
		"nfollow":                {nearest: "follow"},
		"follow up with Contoso": {nearest: "follow"},
		"following the update":   {nearest: "following"},
		"status T-1":             {command: "status", rest: "T-1"},
		"sttaus 1":               {command: "status", rest: "1"},
		"status of T-1":          {nearest: "status"},
		"status code 500":        {nearest: "status"},
		"quiet":                  {command: "quiet"},
		"quiet 20:00-07:00":      {command: "quiet", rest: "20:00-07:00"},
		"Quiet 8pm - 7 am":       {command: "quiet", rest: "8pm - 7 am"},
		"quiet 22:00 – 06:30":    {command: "quiet", rest: "22:00 – 06:30"},
		"quiet from 20 to 7":     {command: "quiet", rest: "from 20 to 7"},
		"quiet 25:00-7":          {command: "quiet", rest: "25:00-7"},
		"quiet off":              {command: "quiet", rest: "off"},
		"quiet hours 20-7":       {command: "quiet", rest: "20-7"},
		"quiet printer":          {nearest: "quiet"},
		"quiet 3 phones ring":    {nearest: "quiet"},

		"handover @Kofi":                {command: "handover", rest: "@Kofi"},
		"handover T-1, T-3 to @Kofi":    {command: "handover", rest: "T-1, T-3 to @Kofi"},
		"hand over @Kofi T-1":           {command: "handover", rest: "@Kofi T-1"},
		"handover Kofi Annan":           {command: "handover", rest: "Kofi Annan"},
		"hadnover":                      {command: "handover"},
		"handover of the tills is slow": {nearest: "handover"},

		"away until Monday":                {command: "away", rest: "until Monday"},
		"away till tomorrow 9:00 @Kofi":    {command: "away", rest: "till tomorrow 9:00 @Kofi"},
		"away Friday":                      {command: "away", rest: "Friday"},
		"away 1 Dec":                       {command: "away", rest: "1 Dec"},
		"I am away until 2026-12-01":       {command: "away", rest: "until 2026-12-01"},
		"away":                             {command: "away"},
		"away from the desk the VPN drops": {nearest: "away"},
		"back":                             {command: "back"},
		"I'm back!":                        {command: "back"},
		"back office cannot print":         {nearest: "back"},

		"my mail":                         {command: "my mail"},
		"My e-mail ana@contoso.com":       {command: "my mail", rest: "ana@contoso.com"},
		"my email ana@contoso.com":        {command: "my mail", rest: "ana@contoso.com"},
		"my mail forget":                  {command: "my mail", rest: "forget"},
		"my mail is broken":               {nearest: "my mail"},
		"my mail to ana@contoso.com hung": {nearest: "my mail"},

		"help":     {command: "help"},
		"HELP":     {command: "help"},
		"hlep":     {command: "help"},
		"help?":    {command: "help"},
		"hi":       {command: "help"},
		"Hello!":   {command: "help"},
		"commands": {command: "help"},

		// What is near to a command and no command.
		"help me with the printer":        {nearest: "help"},
		"board of directors":              {nearest: "board"},
		"boards today":                    {nearest: "board"},
		"take 5 minutes to load":          {nearest: "take"},
		"show 3 more invoices":            {nearest: "show"},
		"assign 3 more licences":          {nearest: "assign"},
		"my tickets are gone":             {nearest: "my tickets"},
		"list of invoices is empty":       {},
		"now invoices fail":               {},
		"now":                             {},
		"know":                            {},
		"few users cannot log in":         {},
		"opens a blank page":              {},
		"tickets cannot be printed":       {},
		"ticket printer is broken":        {},
		"open invoices are missing":       {},
		"give me a hand":                  {},
		"see attached":                    {command: "show", rest: "attached"},
		"fine":                            {},
		"five":                            {},
		"disk":                            {},
		"T-1":                             {},
		"Invoices cannot be posted":       {},
		"hi there":                        {},
		"ticket T-1":                      {},
		"🖨️ brennt":                       {},
		strings.Repeat("board", 1000):     {},
		"\u202eboard":                     {command: "board"},
		"start the backup, it hangs":      {},
		"nothing works since the morning": {},
	}
	for message, want := range tests {
		if got := understand(message); got != want {
			t.Errorf("%.60q is taken for %+v, want %+v", message, got, want)
		}
	}
}

func TestNoTwoCommandsShareAWord(t *testing.T) {
	t.Parallel()
	owner := map[string]string{}
	for _, command := range Commands() {
		for _, name := range append([]string{command.Name}, command.others...) {
			if other, taken := owner[name]; taken {
				t.Errorf("%q means %q and %q", name, other, command.Name)
			}
			owner[name] = command.Name
			if got := understand(name); got.command != command.Name {
				t.Errorf("%q is taken for %+v, want %q", name, got, command.Name)
			}
		}
	}
	// A typo is hardly ever near to two names, so that nothing has to be asked.
	for _, a := range Commands() {
		for _, b := range Commands() {
			opposite := "un"+a.Name == b.Name // what is near to both is asked
			exact := a.Name == "find"         // is taken for nothing with a typo in it
			if a.Name < b.Name && typos(a.Name, b.Name) < 3 && !opposite && !exact {
				t.Errorf("%q and %q are too near to each other", a.Name, b.Name)
			}
		}
	}
}

func TestTheUsageOfACommandIsUnderstood(t *testing.T) {
	t.Parallel()
	for _, command := range Commands() {
		if got := understand(command.Usage); got.command != command.Name {
			t.Errorf("%q is taken for %+v", command.Usage, got)
		}
	}
}

func TestTyposAreCounted(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"board", "board", 0}, {"board", "baord", 1}, {"board", "boad", 1}, {"board", "boards", 1}, {"board", "bxard", 1},
		{"", "new", 3}, {"new", "", 3}, {"take", "kate", 2}, {"ähre", "ehre", 1}, {"a", "abcdefgh", 8},
	} {
		if got := typos(test.a, test.b); got != test.want {
			t.Errorf("from %q to %q there are %d, want %d", test.a, test.b, got, test.want)
		}
	}
}

func TestATicketIsFoundInWhatStandsBehindACommand(t *testing.T) {
	t.Parallel()
	for rest, want := range map[string]int64{
		"T-1": 1, "t12": 12, "#7": 7, "7": 7, "T 7": 7, "t 7.": 7, "me T-3, please": 3, "@Kofi T-3": 3, "“T-4”": 4, "T–5": 5,
		"": 0, "invoices": 0, "the 7": 0, "T-0": 0, "T": 0, "T x": 0, "99999999999999999999": 0, "-7": 0, "1e9": 0,
	} {
		if got, _ := numberIn(fields(rest)); got != want {
			t.Errorf("in %q the ticket is %d, want %d", rest, got, want)
		}
	}
}

func FuzzUnderstand(f *testing.F) {
	f.Add("new Invoices cannot be posted")
	f.Add("assign T-1 @Kofi")
	f.Add("\u00a0\u3000now\xff\xfe")
	f.Fuzz(func(t *testing.T, message string) {
		got := understand(message)
		if !strings.Contains(message, got.rest) {
			t.Errorf("of %q the rest is %q", message, got.rest)
		}
		if got.command != "" && got.nearest != "" {
			t.Errorf("%q is both: %+v", message, got)
		}
	})
}
