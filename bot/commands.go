package bot

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"handrail/internal/ticket"
)

// Command is something that a person can write to the bot.
type Command struct {
	// Name is the word or words that begin the message.
	Name string
	// Usage is how it is written, and Description what it does, in English: the
	// app package shows them.
	Usage, Description string
	// Menu is where Teams offers it.
	Menu Menu
	// others are words that mean the same.
	others []string
}

// Menu says where Teams offers a command while a person writes: a menu holds
// twelve at most. Every command is understood everywhere.
type Menu int

// The menus.
const (
	Everywhere Menu = iota
	InPersonal      // in personal chats
	InShared        // in group chats and channels
	Unlisted        // in help only
)

// Commands lists what people can write, in the order in which help shows it.
func Commands() []Command {
	return slices.Insert(deskCommands(), len(deskCommands())-2, knowledgeCommands()...)
}

// knowledgeCommands are about articles, about links between tickets, and about Odoo.
func knowledgeCommands() []Command {
	return []Command{
		{
			Name: "article", Usage: "article T-1", Description: "Write what a ticket has taught into the knowledge base",
			Menu: Unlisted, others: []string{"knowledge"},
		},
		{
			Name: "find", Usage: "find VPN drops", Description: "Look for an article; with a ticket's number, for its solution",
			Menu: Unlisted, others: []string{"search knowledge", "find article"},
		},
		{Name: "link", Usage: "link T-2 to T-1", Description: "Have a ticket follow another one: the same trouble, worked on once", Menu: Unlisted},
		{Name: "unlink", Usage: "unlink T-2", Description: "Have a ticket stand alone again", Menu: Unlisted},
		{Name: "odoo", Usage: "odoo T-1", Description: "How a ticket stands in Odoo, and what waits", Menu: Unlisted},
	}
}

func deskCommands() []Command {
	return []Command{
		{
			Name: "new", Usage: "new What is wrong", Description: "Open a ticket",
			others: []string{"create", "create ticket", "create a ticket", "new ticket", "open ticket", "open a ticket"},
		},
		{
			Name: "my tickets", Usage: "my tickets", Description: "The open tickets that you own", Menu: InPersonal,
			others: []string{"mine", "my", "tickets"},
		},
		{
			Name: "board", Usage: "board", Description: "All open tickets; add mine, unowned, late, escalated, a class or a word to look for",
			others: []string{"desk", "list", "all tickets"},
		},
		{Name: "show", Usage: "show T-1", Description: "The live card of a ticket", others: []string{"open", "view", "see"}},
		{Name: "take", Usage: "take T-1", Description: "Make a ticket yours", others: []string{"claim"}},
		{Name: "assign", Usage: "assign T-1 @name", Description: "Give a ticket to somebody", others: []string{"give"}},
		{
			Name: "attach", Usage: "attach T-1", Description: "With files: put them on a ticket", Menu: Unlisted,
			others: []string{"attachment", "attachments"},
		},
		{
			Name: "handover", Usage: "handover @name", Description: "Give your open tickets to somebody", Menu: InPersonal,
			others: []string{"hand over", "handoff", "hand off"},
		},
		{
			Name: "away", Usage: "away until Monday", Description: "Say that you are away and who stands in",
			Menu: InPersonal, others: []string{"i am away"},
		},
		{Name: "back", Usage: "back", Description: "Say that you are back", Menu: Unlisted, others: []string{"i am back", "i'm back"}},
		{
			Name: "follow", Usage: "follow expedite", Description: "Be told here: all tickets, a class and up, or one",
			others: []string{"subscribe"},
		},
		{
			Name: "unfollow", Usage: "unfollow", Description: "Be told no longer, of all or of one",
			Menu: InShared, others: []string{"unsubscribe"},
		},
		{Name: "following", Usage: "following", Description: "What is followed here, and the quiet hours", Menu: InShared},
		{Name: "handback", Usage: "handback T-1 What came of it", Description: "Give the result of an escalation back to its owner", Menu: Unlisted},
		{Name: "status", Usage: "status T-1", Description: "Write how a ticket stands, for all who follow it"},
		{
			Name: "draft", Usage: "draft T-1 customer", Description: "Write a text from what the ticket knows: customer, dev, management or status",
			Menu: Unlisted,
		},
		{
			Name: "quiet", Usage: "quiet 20:00-07:00", Description: "Hours in which only Expedite tickets are told here",
			Menu: InShared, others: []string{"quiet hours"},
		},
		{Name: "escalate", Usage: "escalate T-1", Description: "Ask a team or management about a ticket, with a card", Menu: Unlisted},
		{
			Name: "route", Usage: "route dev here @name", Description: "Who is asked behind each level; leads say who, and where",
			Menu: Unlisted, others: []string{"routes"},
		},
		{Name: "my mail", Usage: "my mail ana@contoso.com", Description: "Say which mail address your user in Odoo has", Menu: Unlisted},
		{
			Name: "report", Usage: "report", Description: "How the desk did; add a number of days, this week or last month",
			others: []string{"statistics", "stats"},
		},
		{Name: "help", Usage: "help", Description: "What you can write", others: []string{"hi", "hello", "start", "commands"}},
	}
}

// understood is what a message was taken for.
type understood struct {
	// command is the name of the command; empty where none was understood.
	command string
	// rest is what stands behind the command, as it was written.
	rest string
	// nearest is the command that the message resembles, where none was understood.
	nearest string
}

// understand finds the command of a message. Typos in the name of a command are
// forgiven, those in another word for it are not: the more words there are, the
// more often one is near to something else.
func understand(text string) understood {
	words := fields(text)
	if len(words) == 0 {
		return understood{command: "help"}
	}
	if command, n := named(words); n > 0 {
		rest := strings.TrimLeft(text[words[n-1].end:], " \t\n:–—-")
		if command == "new" && len(words) == n+1 && isNumber(words[n].text) {
			command = "show" // "open ticket T-1"
		}
		return understood{command: command, rest: strings.TrimSpace(rest)}
	}
	var near []understood
	for _, command := range Commands() {
		n := min(strings.Count(command.Name, " ")+1, len(words))
		if command.Name == "find" || !resembles(joined(words[:n]), command.Name) { // "fine" is a word, and so is "kind"
			continue
		}
		meant := understood{nearest: command.Name}
		// With a typo in it, nothing may be looked for: "boards today" is no board.
		if bears(command.Name, words[n:]) && (command.Name != "board" || isFilter(words[n:], 0)) {
			meant = understood{command: command.Name, rest: strings.TrimSpace(text[words[n-1].end:])}
		}
		near = append(near, meant)
	}
	switch len(near) {
	case 0:
		return understood{}
	case 1:
		return near[0]
	}
	// "ufollow" may be either of two commands that mean the opposite.
	return understood{nearest: cmp.Or(near[0].command, near[0].nearest)}
}

// named gives the command whose words begin the message, and how many they are:
// the longest where there are several, 0 where there is none.
func named(words []word) (command string, n int) {
	for _, c := range Commands() {
		for _, name := range append([]string{c.Name}, c.others...) {
			length := strings.Count(name, " ") + 1
			if length > n && length <= len(words) && joined(words[:length]) == name && bears(c.Name, words[length:]) {
				command, n = c.Name, length
			}
		}
	}
	return command, n
}

// bears tells whether a command goes with what stands behind it, so that
// "list of invoices is empty" and "take 5 minutes to load" are no commands.
func bears(command string, rest []word) bool {
	switch command {
	case "new", "find":
		return true
	case "board":
		return isFilter(rest, 1)
	case "report":
		_, ok := spanOf(joined(rest))
		return ok || joined(rest) == spanOdoo
	case "show", "odoo", "take", "escalate", "assign", "attach", "article":
		return len(rest) < 2 || bearsTicket(command, rest)
	case "handover", "away", "my mail":
		return bearsOwn(command, rest)
	case "route":
		return bearsRoute(rest)
	case "link", "unlink":
		return bearsLink(rest)
	case "follow", "unfollow", "status", "handback", "quiet", "draft":
		return bearsFollowing(command, rest)
	default:
		return len(rest) == 0
	}
}

// bearsTicket is bears for what is about a ticket, and has more than one word behind it.
func bearsTicket(command string, rest []word) bool {
	switch {
	case command == "odoo" && len(rest) == 2 && rest[0].text == "bring":
		return true
	case command == "assign" && isNumber(rest[0].text) && slices.ContainsFunc(rest[1:], word.isMention):
		return true
	}
	return slices.ContainsFunc(rest, word.isTicket)
}

// bearsFollowing is bears for what tells a conversation of tickets, or a ticket of something.
func bearsFollowing(command string, rest []word) bool {
	switch {
	case len(rest) == 0:
		return true
	case command == "draft":
		return len(rest) < 5 && (rest[0].isTicket() || isNumber(rest[0].text))
	case command == "status", command == "handback":
		return rest[0].isTicket() || len(rest) == 1 && isNumber(rest[0].text)
	case command == "quiet":
		return len(rest) == 1 && slices.Contains(quietEnds(), rest[0].text) || isHours(rest)
	}
	_, ok := followedIn(joined(rest))
	return len(rest) == 1 || ok && len(rest) <= 4
}

// bearsOwn is bears for what people say of themselves and of their own tickets.
func bearsOwn(command string, rest []word) bool {
	switch command {
	case "handover":
		return bearsHandover(rest)
	case "away":
		return bearsAway(rest)
	}
	return len(rest) == 0 || len(rest) == 1 && (rest[0].text == forgetMail || strings.Contains(rest[0].text, "@"))
}

// bearsHandover takes "handover Kofi Annan", and no sentence that begins like it.
func bearsHandover(rest []word) bool {
	return len(rest) < 4 || slices.ContainsFunc(rest, word.isTicket) || slices.ContainsFunc(rest, word.isMention)
}

// bearsAway takes "away Friday Kofi", and not "away from the desk the VPN drops".
func bearsAway(rest []word) bool {
	return len(rest) == 0 || len(rest) < 4 && beginsDay(rest[0].text) || slices.ContainsFunc(rest, word.isMention) ||
		slices.Contains([]string{"until", "till", "til"}, rest[0].text)
}

// word is a word of a message in lower case, and where it ends.
type word struct {
	text string
	end  int
}

// isTicket tells whether the word names a ticket and could not be a mere
// number: "t-1", "t1", "#1".
func (w word) isTicket() bool {
	return isNumber(w.text) && strings.ContainsAny(w.text[:1], "t#")
}

func (w word) isMention() bool { return strings.HasPrefix(w.text, "@") }

func isNumber(s string) bool {
	_, ok := ticket.ParseNumber(s)
	return ok
}

// numberIn gives the ticket that the words name, if they name one.
func numberIn(words []word) (number int64, ok bool) {
	for i, w := range words {
		if n, is := ticket.ParseNumber(w.text); is && (i == 0 && len(words) == 1 || w.isTicket()) {
			return n, true
		}
		if w.text == "t" && i+1 < len(words) { // "T 1"
			if n, is := ticket.ParseNumber(words[i+1].text); is {
				return n, true
			}
		}
	}
	return 0, false
}

// fields splits a message into its words, without the marks around them.
func fields(text string) []word {
	var words []word
	start := -1
	for i, r := range text + " " {
		switch {
		case !unicode.IsSpace(r) && start < 0:
			start = i
		case unicode.IsSpace(r) && start >= 0:
			words = append(words, word{strings.ToLower(strings.Trim(text[start:i], `.,:;!?/"'()“”„‘’«»`)), i})
			start = -1
		}
	}
	return slices.DeleteFunc(words, func(w word) bool { return w.text == "" })
}

func joined(words []word) string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = w.text
	}
	return strings.Join(texts, " ")
}

// resembles tells whether what was written is the name with a typo or two. In a
// short name the letters have to be the same: "nwe" and "neww" are near to
// "new", but "now" and "few" are words that sentences begin with.
func resembles(written, name string) bool {
	switch n := len(name); {
	case n < 4:
		return letters(written) == letters(name) && typos(written, name) < 2
	case n < 7:
		return typos(written, name) < 2
	default:
		return typos(written, name) < 3
	}
}

// letters gives the letters of a word in their order in the alphabet, each once.
func letters(s string) string {
	runes := []rune(s)
	slices.Sort(runes)
	return string(slices.Compact(runes))
}

// typos counts the letters to insert, drop, replace or swap with their
// neighbour to get from a to b (optimal string alignment).
func typos(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y)+3 || len(y) > len(x)+3 {
		return max(len(x), len(y))
	}
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(x)][len(y)]
}
