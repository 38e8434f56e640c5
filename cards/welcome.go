package cards

import "encoding/json"

// Welcome greets a conversation: three sentences and what to do first.
type Welcome struct {
	Words Words
	// Local warns that this Handrail runs unprotected on one machine.
	Local   bool
	Buttons []Button
}

// Help lists what people can write.
type Help struct {
	Words Words
	// Notice says why the help comes, where nobody has asked for it.
	Notice   Text
	Commands []HelpCommand
	Buttons  []Button
}

// HelpCommand is a command, as it is written, and a line on what it does.
type HelpCommand struct{ Usage, Explanation string }

type welcomeView struct {
	*Welcome
	Actions []action
}

type helpView struct {
	*Help
	Actions []action
}

// Welcome draws the greeting.
func (s *Set) Welcome(v Welcome) (json.RawMessage, error) {
	return draw(s.welcome, "welcome", v.Words, &welcomeView{Welcome: &v, Actions: actions(v.Buttons, true)})
}

// Help draws the list of commands.
func (s *Set) Help(v Help) (json.RawMessage, error) {
	return draw(s.help, "help", v.Words, &helpView{Help: &v, Actions: actions(v.Buttons, false)})
}
