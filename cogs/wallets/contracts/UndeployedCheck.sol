// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// Says whether a contract wallet agrees to a signature, making the wallet first where it is not there yet (ERC-6492).
/// Never deployed: its creation code is the data of an eth_call without a recipient, which returns one byte and is
/// forgotten with everything it did.
contract UndeployedCheck {
    constructor(address wallet, bytes32 hash, address factory, bytes memory order, bytes memory signature) {
        bool valid = wallet.code.length > 0 && agrees(wallet, hash, signature);
        if (!valid) {
            (bool made,) = factory.call(order);
            valid = made && wallet.code.length > 0 && agrees(wallet, hash, signature);
        }
        assembly {
            mstore(0, valid)
            return(31, 1)
        }
    }

    function agrees(address wallet, bytes32 hash, bytes memory signature) private view returns (bool) {
        (bool done, bytes memory answer) = wallet.staticcall(abi.encodeWithSelector(0x1626ba7e, hash, signature));
        return done && answer.length == 32 && bytes32(answer) == bytes32(bytes4(0x1626ba7e));
    }
}
