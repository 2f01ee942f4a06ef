# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_pocketid_global_optspecs
    string join \n o/output= q/quiet color= h/help V/version
end

function __fish_pocketid_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_pocketid_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_pocketid_using_subcommand
    set -l cmd (__fish_pocketid_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c pocketid -n "__fish_pocketid_needs_command" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_needs_command" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_needs_command" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_needs_command" -s V -l version -d 'Print version'
complete -c pocketid -n "__fish_pocketid_needs_command" -f -a "serve" -d 'Serve sign-ins at APP_URL'
complete -c pocketid -n "__fish_pocketid_needs_command" -f -a "setup" -d 'Make the first administrator'
complete -c pocketid -n "__fish_pocketid_needs_command" -f -a "user" -d 'Accounts'
complete -c pocketid -n "__fish_pocketid_needs_command" -f -a "group" -d 'Groups of users'
complete -c pocketid -n "__fish_pocketid_needs_command" -f -a "client" -d 'Applications that people sign in to'
complete -c pocketid -n "__fish_pocketid_needs_command" -f -a "api" -d 'Resource servers that clients get access tokens for (RFC 8707)'
complete -c pocketid -n "__fish_pocketid_needs_command" -f -a "api-key" -d 'Keys of the REST API'
complete -c pocketid -n "__fish_pocketid_needs_command" -f -a "passkey" -d 'Passkeys of users'
complete -c pocketid -n "__fish_pocketid_needs_command" -f -a "session" -d 'Browsers that are signed in'
complete -c pocketid -n "__fish_pocketid_needs_command" -f -a "audit" -d 'The audit log'
complete -c pocketid -n "__fish_pocketid_needs_command" -f -a "recover" -d 'Make a link to sign in once without a passkey'
complete -c pocketid -n "__fish_pocketid_needs_command" -f -a "rotate-keys" -d 'Make new signing keys in place of the present ones'
complete -c pocketid -n "__fish_pocketid_needs_command" -f -a "keys" -d 'Keys that sign tokens'
complete -c pocketid -n "__fish_pocketid_needs_command" -f -a "healthcheck" -d 'Ask the running server whether it is well'
complete -c pocketid -n "__fish_pocketid_needs_command" -f -a "version" -d 'Print the version'
complete -c pocketid -n "__fish_pocketid_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pocketid -n "__fish_pocketid_using_subcommand serve" -l listen -d 'Listen at this address and port instead of HOST and PORT; port 0 takes any free one' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand serve" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand serve" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand serve" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand setup" -l username -d 'User name of the administrator' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand setup" -l email -d 'E-mail address' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand setup" -l display-name -d 'Name that people see' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand setup" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand setup" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand setup" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand setup" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and not __fish_seen_subcommand_from add create list show claims update enable disable remove delete help" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and not __fish_seen_subcommand_from add create list show claims update enable disable remove delete help" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and not __fish_seen_subcommand_from add create list show claims update enable disable remove delete help" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and not __fish_seen_subcommand_from add create list show claims update enable disable remove delete help" -s h -l help -d 'Print help'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and not __fish_seen_subcommand_from add create list show claims update enable disable remove delete help" -f -a "add" -d 'Make an account'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and not __fish_seen_subcommand_from add create list show claims update enable disable remove delete help" -f -a "create" -d 'Make an account'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and not __fish_seen_subcommand_from add create list show claims update enable disable remove delete help" -f -a "list" -d 'List the accounts'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and not __fish_seen_subcommand_from add create list show claims update enable disable remove delete help" -f -a "show" -d 'Show an account'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and not __fish_seen_subcommand_from add create list show claims update enable disable remove delete help" -f -a "claims" -d 'List or change what tokens say of a user beside their profile'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and not __fish_seen_subcommand_from add create list show claims update enable disable remove delete help" -f -a "update" -d 'Change an account'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and not __fish_seen_subcommand_from add create list show claims update enable disable remove delete help" -f -a "enable" -d 'Let somebody who was disabled sign in again'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and not __fish_seen_subcommand_from add create list show claims update enable disable remove delete help" -f -a "disable" -d 'Keep somebody from signing in, and end their sessions and tokens'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and not __fish_seen_subcommand_from add create list show claims update enable disable remove delete help" -f -a "remove" -d 'Remove an account, with its passkeys, sessions and tokens'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and not __fish_seen_subcommand_from add create list show claims update enable disable remove delete help" -f -a "delete" -d 'Remove an account, with its passkeys, sessions and tokens'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and not __fish_seen_subcommand_from add create list show claims update enable disable remove delete help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from add" -l email -d 'E-mail address' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from add" -l first-name -d 'Given name' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from add" -l last-name -d 'Family name' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from add" -l display-name -d 'Name that people see; first and last name unless given' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from add" -l group -d 'Put the user into this group; repeat for several' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from add" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from add" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from add" -l admin -d 'Let the user administer'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from add" -l login-link -d 'Print a link that signs the user in once within an hour'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from add" -l if-absent -d 'Do nothing when there is a user of this name already'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from create" -l email -d 'E-mail address' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from create" -l first-name -d 'Given name' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from create" -l last-name -d 'Family name' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from create" -l display-name -d 'Name that people see; first and last name unless given' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from create" -l group -d 'Put the user into this group; repeat for several' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from create" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from create" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from create" -l admin -d 'Let the user administer'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from create" -l login-link -d 'Print a link that signs the user in once within an hour'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from create" -l if-absent -d 'Do nothing when there is a user of this name already'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from list" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from list" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from show" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from show" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from claims" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from claims" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from claims" -l if-present -d 'Do not mind that a claim to be removed is not there'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from claims" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from claims" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from update" -l username -d 'Another user name: letters, digits and any of _ . @ -' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from update" -l email -d 'E-mail address' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from update" -l first-name -d 'Given name' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from update" -l last-name -d 'Family name' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from update" -l display-name -d 'Name that people see' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from update" -l locale -d 'Language of the pages, such as en or zh-CN; the browser\'s when empty' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from update" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from update" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from update" -l admin -d 'Let the user administer'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from update" -l no-admin -d 'Let the user administer no more'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from update" -s y -l yes -d 'Even take away the last administrator'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from enable" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from enable" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from enable" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from enable" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from disable" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from disable" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from disable" -s y -l yes -d 'Even disable the last administrator'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from disable" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from disable" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from remove" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from remove" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Do not ask, and even remove the last administrator'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from remove" -l if-present -d 'Do nothing when there is no such user'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from delete" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from delete" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Do not ask, and even remove the last administrator'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from delete" -l if-present -d 'Do nothing when there is no such user'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from help" -f -a "add" -d 'Make an account'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the accounts'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show an account'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from help" -f -a "claims" -d 'List or change what tokens say of a user beside their profile'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from help" -f -a "update" -d 'Change an account'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from help" -f -a "enable" -d 'Let somebody who was disabled sign in again'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from help" -f -a "disable" -d 'Keep somebody from signing in, and end their sessions and tokens'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Remove an account, with its passkeys, sessions and tokens'
complete -c pocketid -n "__fish_pocketid_using_subcommand user; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and not __fish_seen_subcommand_from create add list show update delete remove assign claims unassign help" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and not __fish_seen_subcommand_from create add list show update delete remove assign claims unassign help" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and not __fish_seen_subcommand_from create add list show update delete remove assign claims unassign help" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and not __fish_seen_subcommand_from create add list show update delete remove assign claims unassign help" -s h -l help -d 'Print help'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and not __fish_seen_subcommand_from create add list show update delete remove assign claims unassign help" -f -a "create" -d 'Make a group'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and not __fish_seen_subcommand_from create add list show update delete remove assign claims unassign help" -f -a "add" -d 'Make a group'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and not __fish_seen_subcommand_from create add list show update delete remove assign claims unassign help" -f -a "list" -d 'List the groups'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and not __fish_seen_subcommand_from create add list show update delete remove assign claims unassign help" -f -a "show" -d 'Show a group and its members'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and not __fish_seen_subcommand_from create add list show update delete remove assign claims unassign help" -f -a "update" -d 'Give a group another name'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and not __fish_seen_subcommand_from create add list show update delete remove assign claims unassign help" -f -a "delete" -d 'Delete a group'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and not __fish_seen_subcommand_from create add list show update delete remove assign claims unassign help" -f -a "remove" -d 'Delete a group'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and not __fish_seen_subcommand_from create add list show update delete remove assign claims unassign help" -f -a "assign" -d 'Put users into a group'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and not __fish_seen_subcommand_from create add list show update delete remove assign claims unassign help" -f -a "claims" -d 'List or change what tokens say of the members of a group'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and not __fish_seen_subcommand_from create add list show update delete remove assign claims unassign help" -f -a "unassign" -d 'Take users out of a group'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and not __fish_seen_subcommand_from create add list show update delete remove assign claims unassign help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from create" -l friendly-name -d 'Name that people see; the name unless given' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from create" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from create" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from create" -l if-absent -d 'Do nothing when there is a group of this name already'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from add" -l friendly-name -d 'Name that people see; the name unless given' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from add" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from add" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from add" -l if-absent -d 'Do nothing when there is a group of this name already'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from list" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from list" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from show" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from show" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from update" -l name -d 'Another name in the groups claim' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from update" -l friendly-name -d 'Another name that people see' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from update" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from update" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from delete" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from delete" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Do not ask'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from delete" -l if-present -d 'Do nothing when there is no such group'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from remove" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from remove" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Do not ask'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from remove" -l if-present -d 'Do nothing when there is no such group'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from assign" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from assign" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from assign" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from assign" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from claims" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from claims" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from claims" -l if-present -d 'Do not mind that a claim to be removed is not there'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from claims" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from claims" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from unassign" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from unassign" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from unassign" -l if-present -d 'Pass over those who are not in the group'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from unassign" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from unassign" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from help" -f -a "create" -d 'Make a group'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the groups'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show a group and its members'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from help" -f -a "update" -d 'Give a group another name'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from help" -f -a "delete" -d 'Delete a group'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from help" -f -a "assign" -d 'Put users into a group'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from help" -f -a "claims" -d 'List or change what tokens say of the members of a group'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from help" -f -a "unassign" -d 'Take users out of a group'
complete -c pocketid -n "__fish_pocketid_using_subcommand group; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and not __fish_seen_subcommand_from create add list recipes show update claims preview secret delete remove help" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and not __fish_seen_subcommand_from create add list recipes show update claims preview secret delete remove help" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and not __fish_seen_subcommand_from create add list recipes show update claims preview secret delete remove help" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and not __fish_seen_subcommand_from create add list recipes show update claims preview secret delete remove help" -s h -l help -d 'Print help'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and not __fish_seen_subcommand_from create add list recipes show update claims preview secret delete remove help" -f -a "create" -d 'Register an OIDC client'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and not __fish_seen_subcommand_from create add list recipes show update claims preview secret delete remove help" -f -a "add" -d 'Register an OIDC client'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and not __fish_seen_subcommand_from create add list recipes show update claims preview secret delete remove help" -f -a "list" -d 'List the clients'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and not __fish_seen_subcommand_from create add list recipes show update claims preview secret delete remove help" -f -a "recipes" -d 'List the applications that a client can be made for with --recipe'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and not __fish_seen_subcommand_from create add list recipes show update claims preview secret delete remove help" -f -a "show" -d 'Show a client, and the addresses that its application asks for'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and not __fish_seen_subcommand_from create add list recipes show update claims preview secret delete remove help" -f -a "update" -d 'Change a client'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and not __fish_seen_subcommand_from create add list recipes show update claims preview secret delete remove help" -f -a "claims" -d 'List or change what a client is told of users beside what its scopes say of everybody'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and not __fish_seen_subcommand_from create add list recipes show update claims preview secret delete remove help" -f -a "preview" -d 'Show what a client would be told of a user'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and not __fish_seen_subcommand_from create add list recipes show update claims preview secret delete remove help" -f -a "secret" -d 'Secrets of a client'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and not __fish_seen_subcommand_from create add list recipes show update claims preview secret delete remove help" -f -a "delete" -d 'Delete a client, and every grant and token that it has'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and not __fish_seen_subcommand_from create add list recipes show update claims preview secret delete remove help" -f -a "remove" -d 'Delete a client, and every grant and token that it has'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and not __fish_seen_subcommand_from create add list recipes show update claims preview secret delete remove help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from create" -l id -d 'Client ID; a random one unless given' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from create" -l recipe -d 'Take callbacks and the like from the recipe of this application, and print its settings' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from create" -l url -d 'Address of the application, for its recipe' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from create" -l callback -d 'Allow this callback URL, which may have * in it; repeat for several' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from create" -l logout-callback -d 'Let people be sent back to this URL once they have signed out; repeat for several' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from create" -l backchannel-logout -d 'Tell the application here when a session of its user has ended (back-channel logout)' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from create" -l jwks -d 'Let it prove itself with the keys of this JWK Set instead of a secret (private_key_jwt)' -r -F
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from create" -l federated -d 'Let tokens of this issuer stand for it instead of a secret: issuer=URL[,subject=S][,audience=A][,jwks=URL][,single-use]; repeat for several' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from create" -l access-token-ttl -d 'How long its access tokens live, from 1m to 365d; 1h unless given' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from create" -l refresh-token-ttl -d 'How long its refresh tokens live after each use, from 1m to 365d; 30d unless given' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from create" -l group -d 'Let only members of this group sign in; repeat for several' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from create" -l id-token-alg -d 'Sign its ID tokens with this algorithm: RS256, RS384, RS512, PS256, ES256, ES384 or EdDSA' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from create" -l description -d 'What it is, in a sentence' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from create" -l launch-url -d 'Front page of the application' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from create" -l logo -d 'Logo: a PNG, JPEG, WebP, AVIF, GIF, ICO or SVG file of at most 2 MiB' -r -F
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from create" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from create" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from create" -l public -d 'Make a public client, such as a native app: no secret, PKCE always'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from create" -l pkce -d 'Demand PKCE (a public client must use it anyway)'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from create" -l require-par -d 'Demand that it pushes its authorization requests (RFC 9126)'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from create" -l skip-consent -d 'Do not ask people whether the application may know who they are'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from create" -l require-reauthentication -d 'Ask for the passkey again with every sign-in'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from create" -l if-absent -d 'Do nothing when there is such a client already, of this ID, or of this name without --id; its secret is not shown again'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from add" -l id -d 'Client ID; a random one unless given' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from add" -l recipe -d 'Take callbacks and the like from the recipe of this application, and print its settings' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from add" -l url -d 'Address of the application, for its recipe' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from add" -l callback -d 'Allow this callback URL, which may have * in it; repeat for several' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from add" -l logout-callback -d 'Let people be sent back to this URL once they have signed out; repeat for several' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from add" -l backchannel-logout -d 'Tell the application here when a session of its user has ended (back-channel logout)' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from add" -l jwks -d 'Let it prove itself with the keys of this JWK Set instead of a secret (private_key_jwt)' -r -F
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from add" -l federated -d 'Let tokens of this issuer stand for it instead of a secret: issuer=URL[,subject=S][,audience=A][,jwks=URL][,single-use]; repeat for several' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from add" -l access-token-ttl -d 'How long its access tokens live, from 1m to 365d; 1h unless given' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from add" -l refresh-token-ttl -d 'How long its refresh tokens live after each use, from 1m to 365d; 30d unless given' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from add" -l group -d 'Let only members of this group sign in; repeat for several' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from add" -l id-token-alg -d 'Sign its ID tokens with this algorithm: RS256, RS384, RS512, PS256, ES256, ES384 or EdDSA' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from add" -l description -d 'What it is, in a sentence' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from add" -l launch-url -d 'Front page of the application' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from add" -l logo -d 'Logo: a PNG, JPEG, WebP, AVIF, GIF, ICO or SVG file of at most 2 MiB' -r -F
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from add" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from add" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from add" -l public -d 'Make a public client, such as a native app: no secret, PKCE always'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from add" -l pkce -d 'Demand PKCE (a public client must use it anyway)'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from add" -l require-par -d 'Demand that it pushes its authorization requests (RFC 9126)'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from add" -l skip-consent -d 'Do not ask people whether the application may know who they are'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from add" -l require-reauthentication -d 'Ask for the passkey again with every sign-in'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from add" -l if-absent -d 'Do nothing when there is such a client already, of this ID, or of this name without --id; its secret is not shown again'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from list" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from list" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from recipes" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from recipes" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from recipes" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from recipes" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from show" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from show" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l name -d 'Another name, shown to people when they sign in' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l callback -d 'Allow this callback URL, which may have * in it; repeat for several' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l logout-callback -d 'Let people be sent back to this URL once they have signed out; repeat for several' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l backchannel-logout -d 'Tell the application here when a session of its user has ended (back-channel logout)' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l jwks -d 'Let it prove itself with the keys of this JWK Set instead of a secret (private_key_jwt)' -r -F
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l federated -d 'Let tokens of this issuer stand for it instead of a secret: issuer=URL[,subject=S][,audience=A][,jwks=URL][,single-use]; repeat for several' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l access-token-ttl -d 'How long its access tokens live, from 1m to 365d' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l refresh-token-ttl -d 'How long its refresh tokens live after each use, from 1m to 365d' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l group -d 'Let only members of this group sign in; repeat for several' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l id-token-alg -d 'Sign its ID tokens with this algorithm: RS256, RS384, RS512, PS256, ES256, ES384 or EdDSA' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l launch-url -d 'Front page of the application' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l description -d 'What it is, in a sentence; empty for none' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l logo -d 'Logo: a PNG, JPEG, WebP, AVIF, GIF, ICO or SVG file of at most 2 MiB' -r -F
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l confidential -d 'Make it a client that can keep a secret'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l public -d 'Make it a public client, such as a native app: no secret, PKCE always'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l no-jwks -d 'Let it prove itself with keys of its own no more'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l no-federated -d 'Let tokens of no other issuer stand for it'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l pkce -d 'Demand PKCE'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l no-pkce -d 'Let it do without PKCE'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l require-par -d 'Demand that it pushes its authorization requests (RFC 9126)'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l no-require-par -d 'Let it send its authorization requests as it likes'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l skip-consent -d 'Do not ask people whether the application may know who they are'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l no-skip-consent -d 'Ask them'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l require-reauthentication -d 'Ask for the passkey again with every sign-in'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l no-require-reauthentication -d 'Let a browser that is signed in do'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l no-group -d 'Let everybody sign in'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -l no-logo -d 'Take its logo away'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from claims" -l scope -d 'Scope that carries the claims that are set' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from claims" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from claims" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from claims" -l if-present -d 'Do not mind that a claim to be removed is not there'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from claims" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from claims" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from preview" -l scope -d 'Only what this scope carries; repeat for several. All that the client may ask for unless given' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from preview" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from preview" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from preview" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from preview" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from secret" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from secret" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from secret" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from secret" -s h -l help -d 'Print help'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from secret" -f -a "create" -d 'Give a client one more secret'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from secret" -f -a "add" -d 'Give a client one more secret'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from secret" -f -a "list" -d 'List what is known of a client\'s secrets'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from secret" -f -a "delete" -d 'Delete a secret of a client'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from secret" -f -a "remove" -d 'Delete a secret of a client'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from secret" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from delete" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from delete" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Do not ask'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from delete" -l if-present -d 'Do nothing when there is no such client'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from remove" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from remove" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Do not ask'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from remove" -l if-present -d 'Do nothing when there is no such client'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from help" -f -a "create" -d 'Register an OIDC client'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the clients'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from help" -f -a "recipes" -d 'List the applications that a client can be made for with --recipe'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show a client, and the addresses that its application asks for'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from help" -f -a "update" -d 'Change a client'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from help" -f -a "claims" -d 'List or change what a client is told of users beside what its scopes say of everybody'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from help" -f -a "preview" -d 'Show what a client would be told of a user'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from help" -f -a "secret" -d 'Secrets of a client'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from help" -f -a "delete" -d 'Delete a client, and every grant and token that it has'
complete -c pocketid -n "__fish_pocketid_using_subcommand client; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and not __fish_seen_subcommand_from create add list show permission grant revoke delete remove help" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and not __fish_seen_subcommand_from create add list show permission grant revoke delete remove help" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and not __fish_seen_subcommand_from create add list show permission grant revoke delete remove help" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and not __fish_seen_subcommand_from create add list show permission grant revoke delete remove help" -s h -l help -d 'Print help'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and not __fish_seen_subcommand_from create add list show permission grant revoke delete remove help" -f -a "create" -d 'Register an API'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and not __fish_seen_subcommand_from create add list show permission grant revoke delete remove help" -f -a "add" -d 'Register an API'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and not __fish_seen_subcommand_from create add list show permission grant revoke delete remove help" -f -a "list" -d 'List the APIs'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and not __fish_seen_subcommand_from create add list show permission grant revoke delete remove help" -f -a "show" -d 'Show an API, its permissions, and who may use it'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and not __fish_seen_subcommand_from create add list show permission grant revoke delete remove help" -f -a "permission" -d 'What an API allows'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and not __fish_seen_subcommand_from create add list show permission grant revoke delete remove help" -f -a "grant" -d 'Let a client use an API'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and not __fish_seen_subcommand_from create add list show permission grant revoke delete remove help" -f -a "revoke" -d 'Take an API from a client'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and not __fish_seen_subcommand_from create add list show permission grant revoke delete remove help" -f -a "delete" -d 'Delete an API, with its permissions and what clients may do with it'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and not __fish_seen_subcommand_from create add list show permission grant revoke delete remove help" -f -a "remove" -d 'Delete an API, with its permissions and what clients may do with it'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and not __fish_seen_subcommand_from create add list show permission grant revoke delete remove help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from create" -l name -d 'Name that people see; the resource identifier unless given' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from create" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from create" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from create" -l if-absent -d 'Do nothing when there is such an API already'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from add" -l name -d 'Name that people see; the resource identifier unless given' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from add" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from add" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from add" -l if-absent -d 'Do nothing when there is such an API already'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from list" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from list" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from show" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from show" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from permission" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from permission" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from permission" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from permission" -s h -l help -d 'Print help'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from permission" -f -a "add" -d 'Add a permission to an API'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from permission" -f -a "create" -d 'Add a permission to an API'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from permission" -f -a "remove" -d 'Remove a permission from an API, and from every client that has it'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from permission" -f -a "delete" -d 'Remove a permission from an API, and from every client that has it'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from permission" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from grant" -l permission -d 'Permission that it may ask for; repeat for several' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from grant" -l for -d 'On whose behalf' -r -f -a "user\t'For the user who has signed in to it'
client\t'For itself, without a user'"
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from grant" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from grant" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from grant" -l metadata-clients -d 'Every client that nobody has registered, and that has its id from its address (CIMD_URL_ALLOWLIST)'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from grant" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from grant" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from revoke" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from revoke" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from revoke" -l metadata-clients -d 'Every client that nobody has registered'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from revoke" -l if-present -d 'Do nothing when it may not use the API'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from revoke" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from delete" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from delete" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Do not ask'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from delete" -l if-present -d 'Do nothing when there is no such API'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from remove" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from remove" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Do not ask'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from remove" -l if-present -d 'Do nothing when there is no such API'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from help" -f -a "create" -d 'Register an API'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the APIs'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show an API, its permissions, and who may use it'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from help" -f -a "permission" -d 'What an API allows'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from help" -f -a "grant" -d 'Let a client use an API'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from help" -f -a "revoke" -d 'Take an API from a client'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from help" -f -a "delete" -d 'Delete an API, with its permissions and what clients may do with it'
complete -c pocketid -n "__fish_pocketid_using_subcommand api; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and not __fish_seen_subcommand_from create add list delete remove help" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and not __fish_seen_subcommand_from create add list delete remove help" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and not __fish_seen_subcommand_from create add list delete remove help" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and not __fish_seen_subcommand_from create add list delete remove help" -s h -l help -d 'Print help'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and not __fish_seen_subcommand_from create add list delete remove help" -f -a "create" -d 'Make a key of the REST API'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and not __fish_seen_subcommand_from create add list delete remove help" -f -a "add" -d 'Make a key of the REST API'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and not __fish_seen_subcommand_from create add list delete remove help" -f -a "list" -d 'List the keys of the REST API'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and not __fish_seen_subcommand_from create add list delete remove help" -f -a "delete" -d 'Delete a key of the REST API'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and not __fish_seen_subcommand_from create add list delete remove help" -f -a "remove" -d 'Delete a key of the REST API'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and not __fish_seen_subcommand_from create add list delete remove help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from create" -l for -d 'Whose key it is: user name, e-mail address or id' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from create" -l expires -d 'How long it works, up to 3650d' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from create" -l description -d 'What it is for' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from create" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from create" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from create" -l if-absent -d 'Do nothing when the user has a key of this name that works'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from add" -l for -d 'Whose key it is: user name, e-mail address or id' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from add" -l expires -d 'How long it works, up to 3650d' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from add" -l description -d 'What it is for' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from add" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from add" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from add" -l if-absent -d 'Do nothing when the user has a key of this name that works'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from list" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from list" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from delete" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from delete" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Do not ask'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from delete" -l if-present -d 'Do nothing when there is no such key'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from remove" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from remove" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Do not ask'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from remove" -l if-present -d 'Do nothing when there is no such key'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from help" -f -a "create" -d 'Make a key of the REST API'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the keys of the REST API'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from help" -f -a "delete" -d 'Delete a key of the REST API'
complete -c pocketid -n "__fish_pocketid_using_subcommand api-key; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and not __fish_seen_subcommand_from list rename remove delete help" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and not __fish_seen_subcommand_from list rename remove delete help" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and not __fish_seen_subcommand_from list rename remove delete help" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and not __fish_seen_subcommand_from list rename remove delete help" -s h -l help -d 'Print help'
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and not __fish_seen_subcommand_from list rename remove delete help" -f -a "list" -d 'List the passkeys of a user'
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and not __fish_seen_subcommand_from list rename remove delete help" -f -a "rename" -d 'Give a passkey another name'
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and not __fish_seen_subcommand_from list rename remove delete help" -f -a "remove" -d 'Remove a passkey'
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and not __fish_seen_subcommand_from list rename remove delete help" -f -a "delete" -d 'Remove a passkey'
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and not __fish_seen_subcommand_from list rename remove delete help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and __fish_seen_subcommand_from list" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and __fish_seen_subcommand_from list" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and __fish_seen_subcommand_from rename" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and __fish_seen_subcommand_from rename" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and __fish_seen_subcommand_from rename" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and __fish_seen_subcommand_from rename" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and __fish_seen_subcommand_from remove" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and __fish_seen_subcommand_from remove" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Do not ask'
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and __fish_seen_subcommand_from remove" -l if-present -d 'Do nothing when the user has no such passkey'
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and __fish_seen_subcommand_from delete" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and __fish_seen_subcommand_from delete" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Do not ask'
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and __fish_seen_subcommand_from delete" -l if-present -d 'Do nothing when the user has no such passkey'
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the passkeys of a user'
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and __fish_seen_subcommand_from help" -f -a "rename" -d 'Give a passkey another name'
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Remove a passkey'
complete -c pocketid -n "__fish_pocketid_using_subcommand passkey; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pocketid -n "__fish_pocketid_using_subcommand session; and not __fish_seen_subcommand_from list revoke help" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand session; and not __fish_seen_subcommand_from list revoke help" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand session; and not __fish_seen_subcommand_from list revoke help" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand session; and not __fish_seen_subcommand_from list revoke help" -s h -l help -d 'Print help'
complete -c pocketid -n "__fish_pocketid_using_subcommand session; and not __fish_seen_subcommand_from list revoke help" -f -a "list" -d 'List the browsers that are signed in'
complete -c pocketid -n "__fish_pocketid_using_subcommand session; and not __fish_seen_subcommand_from list revoke help" -f -a "revoke" -d 'Sign a browser out, or all of a user\'s'
complete -c pocketid -n "__fish_pocketid_using_subcommand session; and not __fish_seen_subcommand_from list revoke help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pocketid -n "__fish_pocketid_using_subcommand session; and __fish_seen_subcommand_from list" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand session; and __fish_seen_subcommand_from list" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand session; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand session; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand session; and __fish_seen_subcommand_from revoke" -l all -d 'Every session of this user: user name, e-mail address or id' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand session; and __fish_seen_subcommand_from revoke" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand session; and __fish_seen_subcommand_from revoke" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand session; and __fish_seen_subcommand_from revoke" -l if-present -d 'Do nothing when there is no such session'
complete -c pocketid -n "__fish_pocketid_using_subcommand session; and __fish_seen_subcommand_from revoke" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand session; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand session; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the browsers that are signed in'
complete -c pocketid -n "__fish_pocketid_using_subcommand session; and __fish_seen_subcommand_from help" -f -a "revoke" -d 'Sign a browser out, or all of a user\'s'
complete -c pocketid -n "__fish_pocketid_using_subcommand session; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pocketid -n "__fish_pocketid_using_subcommand audit; and not __fish_seen_subcommand_from list help" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand audit; and not __fish_seen_subcommand_from list help" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand audit; and not __fish_seen_subcommand_from list help" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand audit; and not __fish_seen_subcommand_from list help" -s h -l help -d 'Print help'
complete -c pocketid -n "__fish_pocketid_using_subcommand audit; and not __fish_seen_subcommand_from list help" -f -a "list" -d 'Show what happened, oldest first'
complete -c pocketid -n "__fish_pocketid_using_subcommand audit; and not __fish_seen_subcommand_from list help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pocketid -n "__fish_pocketid_using_subcommand audit; and __fish_seen_subcommand_from list" -l user -d 'Only about this user: user name, e-mail address or id' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand audit; and __fish_seen_subcommand_from list" -l event -d 'Only of this kind, such as SIGN_IN; repeat for several' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand audit; and __fish_seen_subcommand_from list" -l since -d 'Only from then on: so long ago (2h, 7d), a day, or a moment such as 2026-11-24T08:00:00Z' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand audit; and __fish_seen_subcommand_from list" -l limit -d 'At most so many, the newest ones' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand audit; and __fish_seen_subcommand_from list" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand audit; and __fish_seen_subcommand_from list" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand audit; and __fish_seen_subcommand_from list" -s f -l follow -d 'Go on showing what happens, until Ctrl+C'
complete -c pocketid -n "__fish_pocketid_using_subcommand audit; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand audit; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "list" -d 'Show what happened, oldest first'
complete -c pocketid -n "__fish_pocketid_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pocketid -n "__fish_pocketid_using_subcommand recover" -l ttl -d 'How long the link works, from 1m to 31d' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand recover" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand recover" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand recover" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand recover" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand rotate-keys" -l alg -d 'Only the key of this algorithm: RS256, RS384, RS512, PS256, ES256, ES384 or EdDSA' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand rotate-keys" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand rotate-keys" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand rotate-keys" -l revoke -d 'Take the old keys out of circulation at once'
complete -c pocketid -n "__fish_pocketid_using_subcommand rotate-keys" -s y -l yes -d 'Do not ask'
complete -c pocketid -n "__fish_pocketid_using_subcommand rotate-keys" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand rotate-keys" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand keys; and not __fish_seen_subcommand_from list help" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand keys; and not __fish_seen_subcommand_from list help" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand keys; and not __fish_seen_subcommand_from list help" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand keys; and not __fish_seen_subcommand_from list help" -s h -l help -d 'Print help'
complete -c pocketid -n "__fish_pocketid_using_subcommand keys; and not __fish_seen_subcommand_from list help" -f -a "list" -d 'List the signing keys'
complete -c pocketid -n "__fish_pocketid_using_subcommand keys; and not __fish_seen_subcommand_from list help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pocketid -n "__fish_pocketid_using_subcommand keys; and __fish_seen_subcommand_from list" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand keys; and __fish_seen_subcommand_from list" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand keys; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand keys; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the signing keys'
complete -c pocketid -n "__fish_pocketid_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pocketid -n "__fish_pocketid_using_subcommand healthcheck" -s e -l endpoint -d 'Address of the server; where HOST and PORT let it listen unless given' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand healthcheck" -l listen -d 'Where the server was told to listen' -r
complete -c pocketid -n "__fish_pocketid_using_subcommand healthcheck" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand healthcheck" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand healthcheck" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand healthcheck" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c pocketid -n "__fish_pocketid_using_subcommand version" -s o -l output -d 'Print results as text for people, as JSON, or (client create and show) as NAME=value lines' -r -f -a "text\t''
json\t''
env\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand version" -l color -d 'Use colours; auto means on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c pocketid -n "__fish_pocketid_using_subcommand version" -s q -l quiet -d 'Print results and errors only, no notes and no warnings'
complete -c pocketid -n "__fish_pocketid_using_subcommand version" -s h -l help -d 'Print help'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and not __fish_seen_subcommand_from serve setup user group client api api-key passkey session audit recover rotate-keys keys healthcheck version help" -f -a "serve" -d 'Serve sign-ins at APP_URL'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and not __fish_seen_subcommand_from serve setup user group client api api-key passkey session audit recover rotate-keys keys healthcheck version help" -f -a "setup" -d 'Make the first administrator'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and not __fish_seen_subcommand_from serve setup user group client api api-key passkey session audit recover rotate-keys keys healthcheck version help" -f -a "user" -d 'Accounts'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and not __fish_seen_subcommand_from serve setup user group client api api-key passkey session audit recover rotate-keys keys healthcheck version help" -f -a "group" -d 'Groups of users'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and not __fish_seen_subcommand_from serve setup user group client api api-key passkey session audit recover rotate-keys keys healthcheck version help" -f -a "client" -d 'Applications that people sign in to'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and not __fish_seen_subcommand_from serve setup user group client api api-key passkey session audit recover rotate-keys keys healthcheck version help" -f -a "api" -d 'Resource servers that clients get access tokens for (RFC 8707)'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and not __fish_seen_subcommand_from serve setup user group client api api-key passkey session audit recover rotate-keys keys healthcheck version help" -f -a "api-key" -d 'Keys of the REST API'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and not __fish_seen_subcommand_from serve setup user group client api api-key passkey session audit recover rotate-keys keys healthcheck version help" -f -a "passkey" -d 'Passkeys of users'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and not __fish_seen_subcommand_from serve setup user group client api api-key passkey session audit recover rotate-keys keys healthcheck version help" -f -a "session" -d 'Browsers that are signed in'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and not __fish_seen_subcommand_from serve setup user group client api api-key passkey session audit recover rotate-keys keys healthcheck version help" -f -a "audit" -d 'The audit log'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and not __fish_seen_subcommand_from serve setup user group client api api-key passkey session audit recover rotate-keys keys healthcheck version help" -f -a "recover" -d 'Make a link to sign in once without a passkey'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and not __fish_seen_subcommand_from serve setup user group client api api-key passkey session audit recover rotate-keys keys healthcheck version help" -f -a "rotate-keys" -d 'Make new signing keys in place of the present ones'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and not __fish_seen_subcommand_from serve setup user group client api api-key passkey session audit recover rotate-keys keys healthcheck version help" -f -a "keys" -d 'Keys that sign tokens'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and not __fish_seen_subcommand_from serve setup user group client api api-key passkey session audit recover rotate-keys keys healthcheck version help" -f -a "healthcheck" -d 'Ask the running server whether it is well'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and not __fish_seen_subcommand_from serve setup user group client api api-key passkey session audit recover rotate-keys keys healthcheck version help" -f -a "version" -d 'Print the version'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and not __fish_seen_subcommand_from serve setup user group client api api-key passkey session audit recover rotate-keys keys healthcheck version help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from user" -f -a "add" -d 'Make an account'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from user" -f -a "list" -d 'List the accounts'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from user" -f -a "show" -d 'Show an account'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from user" -f -a "claims" -d 'List or change what tokens say of a user beside their profile'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from user" -f -a "update" -d 'Change an account'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from user" -f -a "enable" -d 'Let somebody who was disabled sign in again'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from user" -f -a "disable" -d 'Keep somebody from signing in, and end their sessions and tokens'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from user" -f -a "remove" -d 'Remove an account, with its passkeys, sessions and tokens'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from group" -f -a "create" -d 'Make a group'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from group" -f -a "list" -d 'List the groups'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from group" -f -a "show" -d 'Show a group and its members'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from group" -f -a "update" -d 'Give a group another name'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from group" -f -a "delete" -d 'Delete a group'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from group" -f -a "assign" -d 'Put users into a group'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from group" -f -a "claims" -d 'List or change what tokens say of the members of a group'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from group" -f -a "unassign" -d 'Take users out of a group'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from client" -f -a "create" -d 'Register an OIDC client'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from client" -f -a "list" -d 'List the clients'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from client" -f -a "recipes" -d 'List the applications that a client can be made for with --recipe'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from client" -f -a "show" -d 'Show a client, and the addresses that its application asks for'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from client" -f -a "update" -d 'Change a client'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from client" -f -a "claims" -d 'List or change what a client is told of users beside what its scopes say of everybody'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from client" -f -a "preview" -d 'Show what a client would be told of a user'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from client" -f -a "secret" -d 'Secrets of a client'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from client" -f -a "delete" -d 'Delete a client, and every grant and token that it has'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from api" -f -a "create" -d 'Register an API'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from api" -f -a "list" -d 'List the APIs'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from api" -f -a "show" -d 'Show an API, its permissions, and who may use it'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from api" -f -a "permission" -d 'What an API allows'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from api" -f -a "grant" -d 'Let a client use an API'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from api" -f -a "revoke" -d 'Take an API from a client'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from api" -f -a "delete" -d 'Delete an API, with its permissions and what clients may do with it'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from api-key" -f -a "create" -d 'Make a key of the REST API'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from api-key" -f -a "list" -d 'List the keys of the REST API'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from api-key" -f -a "delete" -d 'Delete a key of the REST API'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from passkey" -f -a "list" -d 'List the passkeys of a user'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from passkey" -f -a "rename" -d 'Give a passkey another name'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from passkey" -f -a "remove" -d 'Remove a passkey'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from session" -f -a "list" -d 'List the browsers that are signed in'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from session" -f -a "revoke" -d 'Sign a browser out, or all of a user\'s'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from audit" -f -a "list" -d 'Show what happened, oldest first'
complete -c pocketid -n "__fish_pocketid_using_subcommand help; and __fish_seen_subcommand_from keys" -f -a "list" -d 'List the signing keys'
